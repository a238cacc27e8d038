//! MLLP: bytes in pieces of several sizes give the same messages.

use ::mllp::{FrameError, Frames, wrap};
use model::limits::MLLP_FRAME_BYTES;

/// Splits the input in pieces of several sizes, and takes what came out through the frames again.
pub fn run(bytes: &[u8]) {
    let whole = split(bytes, bytes.len().max(1));
    for step in [1, 2, 7, 64] {
        assert_eq!(split(bytes, step), whole, "in pieces of {step}");
    }
    for message in &whole.0 {
        assert!(message.len() as u64 <= MLLP_FRAME_BYTES);
        assert!(!message.contains(&0x0B), "a start of block within a message");
        let again = split(&wrap(message), bytes.len().max(1));
        assert_eq!(again, (vec![message.clone()], None), "a message is not what it was");
    }
}

fn split(bytes: &[u8], step: usize) -> (Vec<Vec<u8>>, Option<FrameError>) {
    let mut frames = Frames::new();
    let mut messages = Vec::new();
    for piece in bytes.chunks(step) {
        frames.push(piece);
        loop {
            match frames.next_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(frames.next_message(), Err(error), "the same ever after");
                    return (messages, Some(error));
                }
            }
        }
    }
    (messages, None)
}
