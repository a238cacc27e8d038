//! No XML whatever makes a reader panic.

use crate::support::messages;

use hl7v3::{Interaction, read_outcome, read_stored_query};
use proptest::prelude::*;
use xml::Document;

fn read_as_everything(text: &str) {
    let Ok(document) = Document::parse(text) else { return };
    let root = document.root();
    for interaction in Interaction::ALL {
        let message = hl7v3::read(interaction, root);
        // Whatever a copy is made of is XML that reads again.
        if let Some(copy) = &message.query_copy {
            assert!(Document::parse_bytes(copy).is_ok(), "{}", String::from_utf8_lossy(copy));
        }
    }
    let _ = read_outcome(root);
    let _ = read_stored_query(text);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        read_as_everything(&text);
    }

    #[test]
    fn arbitrary_values_never_panic(
        value in "[0-9a-z'(),^&|\\\\ あ:.+-]{0,40}",
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
    ) {
        let all = messages();
        let seed = String::from_utf8(all[which.index(all.len())].1.clone()).unwrap();
        let escaped = xml::escape(&value).to_string();
        // The value takes the place of one attribute or one text.
        let ends: Vec<usize> = seed.match_indices(['"', '>']).map(|(at, _)| at + 1).collect();
        let start = ends[at.index(ends.len())];
        let end = seed[start..].find(['"', '<']).map_or(seed.len(), |length| start + length);
        read_as_everything(&format!("{}{escaped}{}", &seed[..start], &seed[end..]));
    }

    #[test]
    fn parts_left_out_or_repeated_never_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        is_repeated in any::<bool>(),
    ) {
        let all = messages();
        let seed = String::from_utf8(all[which.index(all.len())].1.clone()).unwrap();
        let document = Document::parse(&seed).unwrap();
        let mut elements = vec![document.root()];
        let mut next = 0;
        while next < elements.len() {
            elements.extend(elements[next].children());
            next += 1;
        }
        let source = elements[1 + at.index(elements.len() - 1)].source();
        let put = if is_repeated { source.repeat(2) } else { String::new() };
        read_as_everything(&seed.replacen(source, &put, 1));
    }
}
