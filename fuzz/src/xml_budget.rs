//! XML: whatever is accepted is within every limit and walks to its end.

use model::limits::{XML_ATTRIBUTES, XML_DEPTH, XML_NODES, XML_TEXT_BYTES};
use xml::{Document, Element};

/// Reads the bytes as a document and as an outline.
pub fn run(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(lines) = xml::outline(text)
    {
        assert!(lines.len() as u64 <= 2 * XML_NODES, "{} lines", lines.len());
        for line in &lines {
            assert!(u64::from(line.depth) <= XML_DEPTH, "depth {}", line.depth);
            assert!(line.attributes.len() as u64 <= XML_ATTRIBUTES);
        }
    }
    let Ok(document) = Document::parse_bytes(bytes) else { return };
    walk(document.root());
    let again = Document::parse(document.text()).is_ok();
    assert!(again, "what was accepted as bytes is refused as text");
}

fn walk(root: Element<'_>) {
    let mut elements = 0_u64;
    let mut waiting = vec![(root, 1_u64)];
    while let Some((element, depth)) = waiting.pop() {
        elements += 1;
        assert!(elements <= XML_NODES, "more elements than the limit");
        assert!(depth <= XML_DEPTH, "deeper than the limit");
        assert!(!element.name().is_empty(), "a name is not empty");
        assert!(element.line() >= 1);
        let attributes = element.attributes().count() as u64;
        assert!(attributes <= XML_ATTRIBUTES, "{attributes} attributes");
        for (namespace, name, value) in element.attributes() {
            assert!(value.len() as u64 <= XML_TEXT_BYTES);
            assert_eq!(element.attribute_ns(namespace, name), Some(value));
        }
        let source = element.source();
        assert!(source.starts_with('<') && source.ends_with('>'), "{source:?}");
        for (prefix, namespace) in element.declarations() {
            assert_eq!(element.resolve_prefix(prefix), Some(namespace), "prefix {prefix:?}");
        }
        drop(element.text());
        waiting.extend(element.children().map(|child| (child, depth + 1)));
    }
}
