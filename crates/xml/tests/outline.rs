//! Outlines of documents, hostile ones among them.

use proptest::prelude::*;
use xml::{OutlineLine, XmlError, escape, outline};

fn shown(text: &str) -> Vec<String> {
    let line = |line: &OutlineLine| {
        let attributes: String =
            line.attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{}{}{attributes}: {}", " ".repeat(line.depth as usize), line.name, line.text)
    };
    outline(text).unwrap().iter().map(line).collect()
}

#[test]
fn every_element_attribute_and_text_in_order() {
    let text = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>\n<?xml-stylesheet href='a.xsl'?>
        <ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:x='y'><!-- n -->
        <x:code code=\"18842-5\" displayName='退院時&amp;サマリ&#x30FC;'/>
        <text>主訴<br/>発熱 &lt;38℃&gt; &nbsp;<![CDATA[<咳>]]></text></ClinicalDocument>\n";
    assert_eq!(
        shown(text),
        [
            "ClinicalDocument: ",
            " x:code code=18842-5 displayName=退院時&サマリー: ",
            " text: 主訴",
            "  br: ",
            "  : 発熱 <38℃> &nbsp;<咳>",
        ]
    );
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let fails = |text: &str| outline(text).unwrap_err();
    assert!(matches!(fails("<a><b></a></b>"), XmlError::Malformed { .. }));
    assert_eq!(fails("<a><b>"), XmlError::Truncated { open: 2 });
    assert_eq!(fails("   "), XmlError::Truncated { open: 0 });
    assert!(matches!(fails("<a/><b/>"), XmlError::Malformed { .. }));
    assert!(matches!(fails("<a/>x"), XmlError::Malformed { .. }));
}

#[test]
fn document_types_are_refused_and_entities_stay_unexpanded() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
    assert!(matches!(outline(bomb).unwrap_err(), XmlError::Doctype { .. }));
    assert_eq!(shown("<a c='&d;'>&b;</a>"), ["a c=&d;: &b;"]);
}

#[test]
fn limits_hold() {
    let deep = format!("{}{}", "<a>".repeat(129), "</a>".repeat(129));
    assert!(matches!(outline(&deep).unwrap_err(), XmlError::TooDeep { .. }));
    let deep = format!("{}{}", "<a>".repeat(128), "</a>".repeat(128));
    assert_eq!(outline(&deep).unwrap().len(), 128);
    let named = |prefix: &str, count: usize| {
        let list: String = (0..count).map(|at| format!(" {prefix}{at}='x'")).collect();
        outline(&format!("<a{list}/>"))
    };
    assert!(matches!(named("n", 257).unwrap_err(), XmlError::TooManyAttributes { .. }));
    assert!(matches!(named("xmlns:n", 65).unwrap_err(), XmlError::TooManyNamespaces { .. }));
    assert_eq!(named("n", 256).unwrap()[0].attributes.len(), 256);
    let many = format!("<a>{}</a>", "<b/>".repeat(500_000));
    assert!(matches!(outline(&many).unwrap_err(), XmlError::TooManyNodes { .. }));
    let long = format!("<a>{}</a>", "x".repeat(4 * 1024 * 1024 + 1));
    assert!(matches!(outline(&long).unwrap_err(), XmlError::TextTooLong { .. }));
    let large = " ".repeat(8 * 1024 * 1024 + 1);
    assert!(matches!(outline(&large).unwrap_err(), XmlError::TooLarge { .. }));
}

proptest! {
    #[test]
    fn nothing_panics(text in "[<>/?!&;#'\"=a-cx あ\\[\\]-]{0,80}") {
        let _ = outline(&text);
        let _ = xml::declared_encoding(text.as_bytes());
    }

    #[test]
    fn escaped_text_comes_back(text in "[ -~あ-ん]{1,40}") {
        let lines = outline(&format!("<a b=\"{0}\">{0}</a>", escape(&text))).unwrap();
        prop_assert_eq!(&lines[0].attributes[0].1, &text);
        prop_assert_eq!(&lines[0].text, text.trim());
    }
}
