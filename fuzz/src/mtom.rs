//! MTOM: the first line of the input is the media type, the rest the message.

use bytes::Bytes;
use futures::StreamExt;
use model::limits::MTOM_PARTS;
use soap::ContentType;
use soap::mtom::{Event, MtomError, PartHead, Parts, Splitter};
use std::io;

/// The envelope and the decoded parts.
type Whole = (Vec<u8>, Vec<(PartHead, Vec<u8>)>);

/// A part as the splitter gives it: its head, its bytes, whether its end was reached.
type Split = Vec<(PartHead, Vec<u8>, bool)>;

/// Reads the message in pieces of several sizes; every reading comes to the same.
pub fn run(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head);
    let body = body.get(1..).unwrap_or_default();
    let content_type = ContentType::parse(head.trim_end_matches('\r'));
    for name in ["boundary", "start", "charset"] {
        let _ = content_type.parameter(name);
    }
    let _ = soap::mtom::part_of(&head);
    let _ = content_type.foreign_charset();
    let whole = split(&content_type, body, body.len().max(1));
    for step in [1, 2, 7, 64] {
        // Byte by byte is slow in what is long.
        if body.len() / step <= 4_096 {
            let pieces = split(&content_type, body, step);
            assert_eq!(pieces, whole, "in pieces of {step}");
        }
    }
    if let Ok(parts) = &whole.1 {
        assert!(*parts as u64 <= MTOM_PARTS);
        let all_ended = whole.0.iter().all(|(_, _, ended)| *ended);
        assert!(all_ended, "a message that closed has an open part");
    }
    // Which of two faults is found first depends on the pieces; that there is one does not.
    let read = [1_usize, 7, body.len().max(1)].map(|step| read(&content_type, body, step).ok());
    assert!(read.windows(2).all(|two| two[0] == two[1]), "parts differ by the pieces: {read:?}");
}

/// What the splitter makes of the body: its parts, and how many or why it failed.
fn split(
    content_type: &ContentType,
    body: &[u8],
    step: usize,
) -> (Split, Result<usize, MtomError>) {
    let mut parts: Split = Vec::new();
    let mut splitter = match Splitter::new(content_type) {
        Ok(splitter) => splitter,
        Err(error) => return (parts, Err(error)),
    };
    let mut pieces = body.chunks(step);
    loop {
        match splitter.next_event() {
            Ok(Some(Event::Begin(head))) => parts.push((head, Vec::new(), false)),
            Ok(Some(Event::Data(bytes))) => {
                assert!(!bytes.is_empty(), "data is never empty");
                let open = parts.last_mut().filter(|(_, _, ended)| !*ended);
                assert!(open.is_some(), "data outside of a part");
                if let Some((_, content, _)) = open {
                    content.extend_from_slice(&bytes);
                }
            }
            Ok(Some(Event::End)) => {
                let open = parts.last_mut().filter(|(_, _, ended)| !*ended);
                assert!(open.is_some(), "the end of no part");
                if let Some((_, _, ended)) = open {
                    *ended = true;
                }
            }
            Ok(Some(Event::Close)) => {
                let count = parts.len();
                return (parts, Ok(count));
            }
            Ok(None) => match pieces.next() {
                Some(piece) => splitter.push(piece),
                None => splitter.finish(),
            },
            Err(error) => {
                assert_eq!(splitter.next_event(), Err(error.clone()), "the same ever after");
                // How much of the last part came before its damage depends on the pieces.
                parts.truncate(parts.iter().filter(|(_, _, ended)| *ended).count());
                return (parts, Err(error));
            }
        }
    }
}

/// What a service reads: the envelope and the decoded parts, or why not.
fn read(content_type: &ContentType, body: &[u8], step: usize) -> Result<Whole, MtomError> {
    let pieces: Vec<io::Result<Bytes>> =
        body.chunks(step).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let body = futures::stream::iter(pieces).boxed();
    let reading = async {
        let (_, root, mut parts) = Parts::open(content_type, body, 60_000).await?;
        let mut documents = Vec::new();
        while let Some(mut part) = parts.next_part().await? {
            let (head, mut content) = (part.head.clone(), Vec::new());
            while let Some(bytes) = part.chunk().await? {
                content.extend_from_slice(&bytes);
            }
            documents.push((head, content));
        }
        Ok((root, documents))
    };
    RUNTIME.with(|runtime| match runtime {
        Ok(runtime) => runtime.block_on(reading),
        Err(_) => Err(MtomError::Idle),
    })
}

thread_local! {
    /// The reader's time limits need a runtime.
    static RUNTIME: io::Result<tokio::runtime::Runtime> =
        tokio::runtime::Builder::new_current_thread().enable_time().build();
}
