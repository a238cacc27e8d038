//! The tree of a message: names resolved, limits kept, nothing guessed.

use model::limits::{XML_ATTRIBUTES, XML_DEPTH, XML_NAMESPACES, XML_NODES, XML_TEXT_BYTES};
use proptest::prelude::*;
use xml::{Document, Writer, XmlError};

#[test]
fn names_attributes_and_texts_are_found_by_namespace() {
    let text =
        "<s:a xmlns:s='urn:s' xmlns='urn:d' s:k='1' k='2'>\n <b>x<!-- c -->y<c/>z</b>\n<b/></s:a>";
    let document = Document::parse(text).unwrap();
    let root = document.root();
    assert!(root.is("urn:s", "a"));
    assert_eq!((root.attribute("k"), root.attribute_ns("urn:s", "k")), (Some("2"), Some("1")));
    let b = root.child("urn:d", "b").unwrap();
    assert_eq!(b.text(), "xyz");
    assert_eq!(b.line(), 2);
    assert_eq!(b.source(), "<b>x<!-- c -->y<c/>z</b>");
    assert_eq!(root.children_named("urn:d", "b").count(), 2);
    assert_eq!(b.resolve_prefix("s"), Some("urn:s"));
    assert_eq!(b.resolve_prefix(""), Some("urn:d"));
    assert_eq!(b.resolve_prefix("t"), None);
    assert_eq!(root.child("", "b"), None);
}

#[test]
fn the_declared_and_the_real_encoding_agree_or_the_bytes_are_refused() {
    assert!(Document::parse_bytes("\u{FEFF}<a>糖</a>".as_bytes()).is_ok());
    assert!(
        Document::parse_bytes("<?xml version='1.0' encoding='utf-8'?><a>糖</a>".as_bytes()).is_ok()
    );
    let encoding = |bytes: &[u8]| match Document::parse_bytes(bytes) {
        Err(XmlError::Encoding { name }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(encoding(b"<?xml version='1.0' encoding='Shift_JIS'?><a/>"), "Shift_JIS");
    assert_eq!(encoding(b"<?xml version='1.0' encoding='ISO-2022-JP'?><a/>"), "ISO-2022-JP");
    assert_eq!(encoding(b"<?xml version='1.0' encoding='UTF-7'?><a/>"), "UTF-7");
    assert_eq!(encoding(b"\xFF\xFE<\0a\0/\0>\0"), "UTF-16LE");
    assert_eq!(encoding(b"\xFE\xFF\0<\0a\0/\0>"), "UTF-16BE");
    for (bytes, at) in [
        (&b"<a>\xC0\xBC</a>"[..], 3), // overlong
        (b"<a>\x93\x9C</a>", 3),      // Shift_JIS without a word about it
        (b"\xEF\xBB\xBF<a>\xFF</a>", 6),
        (b"<a>\xED\xA0\x80</a>", 3), // a surrogate
    ] {
        assert_eq!(Document::parse_bytes(bytes).unwrap_err(), XmlError::NotUtf8 { offset: at });
    }
    // UTF-16 and UTF-7 that say nothing are not XML.
    assert!(Document::parse_bytes(b"<\0a\0/\0>\0").is_err());
    assert!(Document::parse_bytes(b"+ADw-a/+AD4-").is_err());
}

#[test]
fn no_document_type_and_no_entity() {
    for text in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x'> %p;]><a/>",
        "<!DOCTYPE a [<!ENTITY a0 'x'><!ENTITY a1 '&a0;&a0;'>]><a>&a1;</a>",
        "<!DOCTYPE a PUBLIC '-//x' 'http://127.0.0.1:1/x.dtd'><a/>",
    ] {
        assert!(matches!(Document::parse(text), Err(XmlError::Doctype { .. })), "{text}");
    }
    assert!(matches!(Document::parse("<a>&x;</a>"), Err(XmlError::Malformed { .. })));
    assert!(matches!(Document::parse("<a b='&x;'/>"), Err(XmlError::Malformed { .. })));
    // XInclude and schema locations are only elements and attributes.
    let text =
        "<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='file:///etc/hostname'/></a>";
    assert_eq!(Document::parse(text).unwrap().root().text(), "");
    assert_eq!(Document::parse("<a>&lt;&#x7CD6;&amp;</a>").unwrap().root().text(), "<糖&");
}

#[test]
fn bombs_are_clean_errors() {
    let deep = "<a>".repeat(200_000);
    assert!(matches!(Document::parse(&deep), Err(XmlError::TooDeep { .. })));
    let closed = format!("{deep}{}", "</a>".repeat(200_000));
    assert!(matches!(Document::parse(&closed), Err(XmlError::TooDeep { .. })));

    let attributes = |count: u64| {
        let all: String = (0..count).map(|number| format!(" a{number}=''")).collect();
        format!("<a{all}/>")
    };
    assert!(Document::parse(&attributes(XML_ATTRIBUTES)).is_ok());
    for count in [XML_ATTRIBUTES + 1, 10_000, 320_000] {
        let refused = Document::parse(&attributes(count)).unwrap_err();
        assert!(matches!(refused, XmlError::TooManyAttributes { .. }), "{refused}");
    }

    let namespaces = |count: u64| {
        let all: String = (0..count).map(|number| format!(" xmlns:n{number}='u'")).collect();
        format!("<a{all}/>")
    };
    assert!(Document::parse(&namespaces(XML_NAMESPACES)).is_ok());
    for count in [XML_NAMESPACES + 1, 100_000] {
        let refused = Document::parse(&namespaces(count)).unwrap_err();
        assert!(matches!(refused, XmlError::TooManyNamespaces { .. }), "{refused}");
    }

    let nodes = format!("<a>{}</a>", "<b/>".repeat(XML_NODES as usize));
    assert!(matches!(Document::parse(&nodes), Err(XmlError::TooManyNodes { .. })));
    let text = format!("<a>{}</a>", "x".repeat(XML_TEXT_BYTES as usize + 1));
    assert!(matches!(Document::parse(&text), Err(XmlError::TextTooLong { .. })));
    let parts = format!("<a>{}</a>", "&amp;x".repeat(1_000_000));
    assert!(matches!(Document::parse(&parts), Err(XmlError::TextTooLong { .. })));
    let size = format!("<a>{}</a>", " ".repeat(model::limits::XML_BYTES as usize));
    assert!(matches!(Document::parse(&size), Err(XmlError::TooLarge { .. })));
}

#[test]
fn namespaces_in_scope_are_counted_over_the_whole_document() {
    // Each level declares one, and the leaves copy all of them.
    let levels = XML_DEPTH as usize - 2;
    let open: String = (0..levels).map(|number| format!("<a xmlns:n{number}='u'>")).collect();
    let text = format!("{open}{}", "</a>".repeat(levels));
    assert!(matches!(Document::parse(&text), Err(XmlError::TooManyNamespaces { .. })));

    let open: String = (0..60).map(|number| format!("<a xmlns:n{number}='u'>")).collect();
    let leaves = "<b xmlns:n0='v'/>".repeat(100_000);
    let text = format!("{open}{leaves}{}", "</a>".repeat(60));
    assert!(matches!(Document::parse(&text), Err(XmlError::TooManyNamespaces { .. })));

    // What serializers really write: the same few declared again on every level.
    let again = "<a xmlns='u' xmlns:b='v' xmlns:c='w' xmlns:d='x'>";
    let text = format!("{}{}", again.repeat(100), "</a>".repeat(100));
    assert!(Document::parse(&text).is_ok());
}

#[test]
fn malformed_text_is_refused_with_its_place() {
    for text in [
        "",
        " ",
        "text",
        "<a",
        "<a>",
        "<a></b>",
        "<a/><a/>",
        "<a b='1' b='2'/>",
        "<p:a/>",
        "<a>\u{1}</a>",
        "<a/>x",
        "<a b=1/>",
    ] {
        assert!(Document::parse(text).is_err(), "{text:?}");
    }
    let error = Document::parse("<a>\n<b>\n<c x='1' x='2'/></b></a>").unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn what_is_written_is_escaped_and_reads_back() {
    let mut writer = Writer::new();
    writer.open("a");
    writer.attribute("xmlns:x", "urn:x");
    writer.attribute("v", "\"<&>'\r\n\t糖\u{1}\u{FFFE}");
    writer.element("x:b", "]]>\r\n\u{0}\u{FFFF}ｱ");
    writer.open("empty");
    writer.close();
    writer.raw(b"<raw/>");
    let bytes = writer.finish();
    let document = Document::parse_bytes(&bytes).unwrap();
    assert_eq!(document.root().attribute("v").unwrap(), "\"<&>'\r\n\t糖\u{FFFD}\u{FFFD}");
    assert_eq!(document.root().child("urn:x", "b").unwrap().text(), "]]>\r\n\u{FFFD}\u{FFFD}ｱ");
    assert!(String::from_utf8(bytes).unwrap().contains("<empty/><raw/>"));
}

#[test]
fn a_document_may_be_taken_in_pieces() {
    let mut writer = Writer::new();
    writer.open("a");
    let mut bytes = writer.take();
    assert!(writer.is_empty());
    writer.element("b", "1");
    assert_eq!(writer.len(), "<b>1</b>".len());
    bytes.extend(writer.take());
    bytes.extend(writer.finish());
    assert_eq!(bytes, b"<a><b>1</b></a>");
}

proptest! {
    #[test]
    fn no_bytes_panic_and_trees_are_walked(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Document::parse_bytes(&bytes);
    }

    #[test]
    fn no_markup_panics(parts in prop::collection::vec("[<>&;/ab='\"!\\[\\]?:\\-x# \n]{0,6}", 0..60)) {
        let text = format!("<a>{}</a>", parts.concat());
        if let Ok(document) = Document::parse(&text) {
            let mut waiting = vec![document.root()];
            while let Some(element) = waiting.pop() {
                let (_, _, _) = (element.text(), element.line(), element.source());
                waiting.extend(element.children());
            }
        }
    }

    #[test]
    fn any_text_reads_back(text in any::<String>(), value in any::<String>()) {
        let mut writer = Writer::new();
        writer.open("a");
        writer.attribute("v", &value);
        writer.text(&text);
        let bytes = writer.finish();
        let document = Document::parse_bytes(&bytes).unwrap();
        let visible = |text: &str| -> String {
            let forbidden = |c: char| (c < ' ' && !"\t\n\r".contains(c)) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
            text.chars().map(|c| if forbidden(c) { '\u{FFFD}' } else { c }).collect()
        };
        prop_assert_eq!(document.root().text(), visible(&text));
        prop_assert_eq!(document.root().attribute("v").unwrap(), visible(&value));
    }
}
