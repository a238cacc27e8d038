//! Frames against every way of cutting bytes, and against bytes that are none.

use mllp::{FrameError, Frames, wrap};
use model::limits::{MLLP_FRAME_BYTES, MLLP_NOISE_BYTES};
use proptest::prelude::*;

/// The messages in some pieces, or why there are no more, and how many were cut short.
fn split(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Option<FrameError>, u64) {
    let mut frames = Frames::new();
    let mut messages = Vec::new();
    for piece in pieces {
        frames.push(piece);
        loop {
            match frames.next_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(error) => return (messages, Some(error), frames.dropped()),
            }
        }
    }
    (messages, None, frames.dropped())
}

fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    split(&[bytes]).0
}

/// Frame bytes and data as a reader would least like them.
fn near_misses() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[b"\x0B", b"\x1C", b"\r", b"\x1C\r", b"MSH|", b"\n", b"a", b"\xFF\0"];
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_cutting_gives_the_same_messages(
        bytes in near_misses(),
        places in prop::collection::vec(0..64_usize, 0..30),
    ) {
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for place in places {
            let (piece, after) = rest.split_at(place % (rest.len() + 1));
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        prop_assert_eq!(split(&pieces), split(&[&bytes]));
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(split(&single), split(&[&bytes]));
    }

    #[test]
    fn no_bytes_panic_and_what_is_wrapped_comes_back(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        sent in prop::collection::vec("[ -~\r\u{80}-\u{10FFFF}]{0,40}", 0..5),
    ) {
        let noise: Vec<u8> = noise.into_iter().filter(|byte| *byte != 0x0B).collect();
        let all: Vec<u8> = sent.iter().flat_map(|one| wrap(one.as_bytes())).collect();
        let expected: Vec<Vec<u8>> = sent.into_iter().map(String::into_bytes).collect();
        prop_assert_eq!(messages(&[noise, all].concat()), expected);
    }
}

#[test]
fn a_start_within_a_message_begins_anew() {
    let bytes = b"\x0BMSH|cut\x0BMSH|whole\x1C\r\x0BMSH|next\x1C\r";
    assert_eq!(messages(bytes), [b"MSH|whole".to_vec(), b"MSH|next".to_vec()]);
    assert_eq!(split(&[bytes]).2, 1);
}

#[test]
fn an_end_without_its_cr_is_no_end() {
    assert_eq!(messages(b"\x0Ba\x1Cb\x1C\r"), [b"a\x1Cb".to_vec()]);
    assert!(messages(b"\x0Ba\x1C").is_empty());
    assert_eq!(messages(b"\x0Ba\x1C\x0Bb\x1C\r"), [b"b".to_vec()]);
}

#[test]
fn a_message_that_never_ends_is_given_up_at_the_limit() {
    let limit = usize::try_from(MLLP_FRAME_BYTES).unwrap();
    let piece = vec![b'a'; 1 << 20];
    let mut frames = Frames::new();
    frames.push(b"\x0B");
    let mut pushed = 0;
    let error = loop {
        frames.push(&piece);
        pushed += piece.len();
        match frames.next_message() {
            Ok(found) => assert_eq!(found, None),
            Err(error) => break error,
        }
    };
    assert_eq!(error, FrameError::TooLarge);
    assert!((limit..=limit + (1 << 20)).contains(&pushed), "{pushed}");
    frames.push(b"\x1C\r\x0Bb\x1C\r");
    assert_eq!(frames.next_message(), Err(FrameError::TooLarge), "the same ever after");
    let whole = vec![b'a'; limit];
    assert_eq!(messages(&wrap(&whole)).len(), 1, "the limit itself fits");
    assert_eq!(split(&[&wrap(&[whole, vec![b'a']].concat())]).1, Some(FrameError::TooLarge));
}

#[test]
fn bytes_that_are_no_mllp_are_given_up() {
    let noise = vec![b'x'; usize::try_from(MLLP_NOISE_BYTES).unwrap() + 1];
    assert_eq!(split(&[&noise]).1, Some(FrameError::Noise));
    let bearable = [&noise[1..], &wrap(b"a"), &noise[1..], &wrap(b"b")].concat();
    assert_eq!(messages(&bearable), [b"a".to_vec(), b"b".to_vec()]);
}
