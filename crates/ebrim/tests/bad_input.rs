//! No XML whatever makes a reader panic.

use crate::support;

use ebrim::{PartContent, ReadOptions, Transaction, read_query, read_submission};
use proptest::prelude::*;
use support::*;
use testkit::CountingIds;

fn read_as_everything(text: &str) {
    let Ok(document) = xml::Document::parse(text) else { return };
    let root = document.root();
    for transaction in [
        Transaction::ProvideAndRegister,
        Transaction::Register,
        Transaction::RegisterOnDemand,
        Transaction::Update,
        Transaction::RestrictedUpdate,
    ] {
        let options = ReadOptions { transaction, trusts_intake: true };
        if let Ok(read) = read_submission(root, &options, &CountingIds::new()).into_result() {
            let _ = ebrim::update::operations(&read, Transaction::Update);
            let _ = ebrim::rule::one_patient(&read);
        }
    }
    let _ = read_query(root);
    let _ = ebrim::retrieve::read_retrieve(root);
    let _ = ebrim::retrieve::read_remove_documents(root);
    let _ = ebrim::retrieve::read_remove_objects(root);
    let _ = ebrim::retrieve::read_retrieved(root);
    let _ = ebrim::response::read_outcome(root);
    let _ = ebrim::response::read_found(root);
    let _ = ebrim::affinity::read_codes(text);
}

fn seed() -> String {
    let mut whole = submission(vec![entry(1), entry(2)], Vec::new());
    whole.parts = vec![ebrim::Part { document: 0, content: PartContent::Include("cid:1".into()) }];
    let mut writer = xml::Writer::new();
    ebrim::request::provide_and_register_request(&mut writer, &whole, true);
    String::from_utf8(writer.finish()).unwrap()
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        read_as_everything(&text);
    }

    #[test]
    fn arbitrary_values_never_panic(value in "[0-9a-z'(),^&|\\\\ あ:.-]{0,40}", at in any::<prop::sample::Index>()) {
        let seed = seed();
        let escaped = xml::escape(&value).to_string();
        // The value takes the place of one attribute or one text.
        let ends: Vec<usize> = seed.match_indices(['"', '>']).map(|(at, _)| at + 1).collect();
        let start = ends[at.index(ends.len())];
        let end = seed[start..].find(['"', '<']).map_or(seed.len(), |length| start + length);
        read_as_everything(&format!("{}{escaped}{}", &seed[..start], &seed[end..]));
    }

    #[test]
    fn cut_and_repeated_messages_never_panic(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        twice: bool,
    ) {
        let seed = seed();
        let tags: Vec<usize> = seed.match_indices('<').map(|(at, _)| at).collect();
        let (a, b) = (tags[from.index(tags.len())], tags[to.index(tags.len())]);
        let (a, b) = (a.min(b), a.max(b));
        let middle = if twice { seed[a..b].repeat(2) } else { String::new() };
        read_as_everything(&format!("{}{middle}{}", &seed[..a], &seed[b..]));
    }

    #[test]
    fn arbitrary_notation_never_panics(text in "[0-9a-z^&~|\\\\あ'%_ +-]{0,30}") {
        let _ = ebrim::notation::read_cx(&text).map(|id| ebrim::notation::cx(&id));
        let _ = ebrim::notation::read_dtm(&text);
        let _ = ebrim::query::Pattern(text.clone()).matches("abc^あ");
        let _ = ebrim::notation::is_oid(&text);
    }
}
