//! `GET ?wsdl`: the service's description with the address at which it was asked for.

use std::collections::BTreeMap;

/// A WSDL, and the schemas that it refers to.
#[derive(Debug, Clone, Default)]
pub struct Wsdl {
    text: String,
    schemas: BTreeMap<String, String>,
    address: Option<String>,
}

impl Wsdl {
    /// A WSDL; the `location` of each of its `address` elements is replaced when it is served.
    pub fn new(text: impl Into<String>) -> Wsdl {
        Wsdl { text: text.into(), ..Wsdl::default() }
    }

    /// A schema, served as `?xsd=name`.
    pub fn with_schema(mut self, name: impl Into<String>, text: impl Into<String>) -> Wsdl {
        self.schemas.insert(name.into(), text.into());
        self
    }

    /// The address to write, where it is not the one that the request named (behind a front).
    pub fn with_address(mut self, address: impl Into<String>) -> Wsdl {
        self.address = Some(address.into());
        self
    }

    /// What a query string asks for; `asked_at` is the address of the request.
    pub(crate) fn answer(&self, query: &str, asked_at: &str) -> Option<String> {
        if query.eq_ignore_ascii_case("wsdl") {
            return Some(self.at(self.address.as_deref().unwrap_or(asked_at)));
        }
        self.schemas.get(query.strip_prefix("xsd=")?).cloned()
    }

    fn at(&self, address: &str) -> String {
        let address = xml::escape(address);
        let mut out = String::with_capacity(self.text.len() + address.len());
        let mut rest = self.text.as_str();
        while let Some((before, tag, after)) = next_address(rest) {
            out.push_str(before);
            out.push_str(&relocated(tag, &address));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The text before the next `address` tag, the tag, and what follows.
fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find('<') {
        let start = from + open;
        let end = start + text.get(start..)?.find('>')? + 1;
        let tag = text.get(start..end)?;
        let name = tag.trim_start_matches('<').split([' ', '\t', '\r', '\n', '/', '>']).next()?;
        if name.rsplit(':').next() == Some("address") {
            return Some((text.get(..start)?, tag, text.get(end..)?));
        }
        from = end;
    }
    None
}

fn relocated(tag: &str, address: &str) -> String {
    let replaced = tag.split_once("location=").and_then(|(before, after)| {
        let quote = after.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
        let (_, rest) = after.get(1..)?.split_once(quote)?;
        Some(format!("{before}location=\"{address}\"{rest}"))
    });
    replaced.unwrap_or_else(|| tag.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Wsdl;

    #[test]
    fn every_address_is_replaced_and_nothing_else() {
        let text = "<d location='x'><soap12:address location=\"http://old/a?b\"/>\
                    <s:address location='old' /><wsa:EndpointReference/></d>";
        let wsdl = Wsdl::new(text).with_schema("a.xsd", "<schema/>");
        assert_eq!(
            wsdl.answer("WSDL", "http://new/r?a&b").unwrap(),
            "<d location='x'><soap12:address location=\"http://new/r?a&amp;b\"/>\
             <s:address location=\"http://new/r?a&amp;b\" /><wsa:EndpointReference/></d>"
        );
        assert_eq!(wsdl.answer("xsd=a.xsd", "x").unwrap(), "<schema/>");
        assert_eq!(wsdl.answer("xsd=../../etc/hostname", "x"), None);
        let front = wsdl.with_address("https://front/x");
        assert!(front.answer("wsdl", "http://inside").unwrap().contains("https://front/x"));
    }
}
