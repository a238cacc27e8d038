//! The multipart parser against every way of cutting a message, and against no message at all.

use crate::support;

use bytes::Bytes;
use futures::StreamExt;
use proptest::prelude::*;
use soap::mtom::{Event, Parts, Splitter};
use soap::{ContentType, MtomError};

type Split = Result<Vec<(Option<String>, Vec<u8>)>, MtomError>;

fn split(boundary: &str, pieces: &[&[u8]]) -> Split {
    let content_type = ContentType::parse(&format!("multipart/related; boundary=\"{boundary}\""));
    let mut splitter = Splitter::new(&content_type)?;
    let mut parts: Vec<(Option<String>, Vec<u8>)> = Vec::new();
    for piece in pieces.iter().map(Some).chain([None]) {
        match piece {
            Some(piece) => splitter.push(piece),
            None => splitter.finish(),
        }
        while let Some(event) = splitter.next_event()? {
            match event {
                Event::Begin(head) => parts.push((head.content_id, Vec::new())),
                Event::Data(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
                Event::End | Event::Close => {}
            }
        }
    }
    Ok(parts)
}

fn cut<'a>(bytes: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for place in places {
        let (piece, after) = rest.split_at(place % (rest.len() + 1));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Markup and data as a parser would least like it.
fn near_misses() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"--B",
        b"\r\n--B",
        b"\n--B\n",
        b"--",
        b"\r\n",
        b"\n",
        b"\r",
        b"B",
        b"-",
        b" ",
        b"Content-ID: <a>",
        b":",
        b"x",
        b"\xFF\0",
    ];
    let words = prop::sample::select(words);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_cutting_gives_the_same_parts(
        bytes in near_misses(),
        places in prop::collection::vec(0..64_usize, 0..30),
    ) {
        let bytes = [b"--B\r\n\r\n", bytes.as_slice(), b"\r\n--B--"].concat();
        prop_assert_eq!(split("B", &cut(&bytes, &places)), split("B", &[&bytes]));
        let single: Vec<_> = bytes.chunks(1).collect();
        prop_assert_eq!(split("B", &single), split("B", &[&bytes]));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), near in near_misses()) {
        let _ = split("B", &[&bytes]);
        let _ = split("B", &[&near, &bytes, &near]);
        let _ = ContentType::parse(&String::from_utf8_lossy(&near));
    }

    #[test]
    fn what_was_put_in_comes_out(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..6),
        places in prop::collection::vec(0..200_usize, 0..20),
        boundary in "[0-9a-zA-Z'()+_,./:=?-]{12,40}",
    ) {
        let mut message = b"a preamble\r\n".to_vec();
        for (number, part) in parts.iter().enumerate() {
            message.extend(format!("--{boundary}\r\nContent-ID: <{number}>\r\n\r\n").into_bytes());
            message.extend(part);
            message.extend(b"\r\n");
        }
        message.extend(format!("--{boundary}--\r\nan epilogue").into_bytes());
        let expected: Vec<_> =
            (0..).zip(&parts).map(|(number, part): (u32, _)| (Some(number.to_string()), part.clone())).collect();
        prop_assert_eq!(split(&boundary, &cut(&message, &places)), Ok(expected));
    }
}

#[test]
fn headers_are_read_folded_in_any_case_and_order() {
    let message = b"--B  \t\r\ncontent-TYPE: a/b;\r\n\t c=d\r\nX-Odd: 1\r\nCONTENT-ID:<x@y>\r\n\
                    Content-Transfer-Encoding: BINARY\r\n\r\ndata\r\n--B--";
    let content_type = ContentType::parse("multipart/related; boundary=B");
    let mut splitter = Splitter::new(&content_type).unwrap();
    splitter.push(message);
    splitter.finish();
    let Some(Event::Begin(head)) = splitter.next_event().unwrap() else { panic!("a part") };
    assert_eq!(head.number, 1);
    assert_eq!(head.content_id.as_deref(), Some("x@y"));
    assert_eq!(head.content_type.as_deref(), Some("a/b;\t c=d"));
    assert_eq!(head.transfer_encoding, "binary");
}

#[test]
fn a_failure_stays() {
    let content_type = ContentType::parse("multipart/related; boundary=B");
    let mut splitter = Splitter::new(&content_type).unwrap();
    splitter.push(b"--B\r\n\r\nhalf");
    while splitter.next_event().unwrap().is_some() {}
    splitter.finish();
    let failure = splitter.next_event();
    let failure = match failure {
        Ok(Some(Event::Data(_))) => splitter.next_event(),
        other => other,
    };
    assert_eq!(failure, Err(MtomError::Truncated { part: 1 }));
    splitter.push(b"\r\n--B--");
    assert_eq!(splitter.next_event(), Err(MtomError::Truncated { part: 1 }));
}

#[tokio::test]
async fn what_is_not_read_of_a_part_is_skipped() {
    let message = b"--B\r\n\r\nroot\r\n--B\r\nContent-ID: <1>\r\n\r\nfirst\r\n--B\r\nContent-ID: <2>\r\n\r\nsecond\r\n--B--";
    let pieces: Vec<_> = message.chunks(3).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let content_type = ContentType::parse("multipart/related; boundary=B");
    let body = futures::stream::iter(pieces).boxed();
    let (_, root, mut parts) = Parts::open(&content_type, body, 1_000).await.unwrap();
    assert_eq!(root, b"root");
    let mut first = parts.next_part().await.unwrap().unwrap();
    assert_eq!(first.head.content_id.as_deref(), Some("1"));
    assert!(first.chunk().await.unwrap().is_some());
    let second = parts.next_part().await.unwrap().unwrap();
    assert_eq!(support::collected(second.into_stream()).await, b"second");
    assert!(parts.next_part().await.unwrap().is_none());
    assert!(parts.next_part().await.unwrap().is_none());
}
