//! Media types as peers write them: parameters quoted or not, in any order, some empty.

/// A media type with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentType {
    /// `type/subtype` in lower case, without parameters.
    pub essence: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    /// Reads a header value; never fails. Quoted values lose their quotes and escapes, others
    /// go on to the next `;` (Axis2 writes boundaries and ids without quotes).
    pub fn parse(value: &str) -> ContentType {
        let (essence, mut rest) = value.split_once(';').unwrap_or((value, ""));
        let mut parameters = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            let name = name.trim_start_matches([';', ' ', '\t']).trim().to_ascii_lowercase();
            let (value, tail) = parameter_value(after.trim_start());
            parameters.push((name, value));
            rest = tail;
        }
        ContentType { essence: essence.trim().to_ascii_lowercase(), parameters }
    }

    /// The first parameter of that name, if it is not empty (`action=""` says nothing).
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether a parameter stands there twice with different values: two readers would differ.
    pub fn contradicts_itself(&self, name: &str) -> bool {
        let mut values = self.parameters.iter().filter(|(key, _)| key == name);
        let first = values.next();
        values.any(|other| Some(other) != first)
    }

    /// A `charset` other than UTF-8 and its subset ASCII.
    pub fn foreign_charset(&self) -> Option<&str> {
        let ours = ["utf-8", "utf8", "us-ascii", "ascii"];
        self.parameter("charset").filter(|name| !ours.contains(&name.to_ascii_lowercase().as_str()))
    }
}

fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, tail) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim().to_owned(), tail);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::ContentType;

    #[test]
    fn parameters_are_read_quoted_unquoted_and_empty() {
        let axis = ContentType::parse(
            "multipart/related; boundary=MIMEBoundary_1=2; type=\"application/xop+xml\"; \
             start=\"<0.urn:uuid:1@apache.org>\"; start-info=\"application/soap+xml\"; action=\"\"",
        );
        assert_eq!(axis.essence, "multipart/related");
        assert_eq!(axis.parameter("boundary"), Some("MIMEBoundary_1=2"));
        assert_eq!(axis.parameter("start"), Some("<0.urn:uuid:1@apache.org>"));
        assert_eq!(axis.parameter("start-info"), Some("application/soap+xml"));
        assert_eq!(axis.parameter("action"), None);
        let escaped = ContentType::parse("Multipart/Related;Boundary=\"a;\\\"b\" ; start=<c>");
        assert_eq!(escaped.parameter("boundary"), Some("a;\"b"));
        assert_eq!(escaped.parameter("start"), Some("<c>"));
    }

    #[test]
    fn two_boundaries_contradict() {
        assert!(ContentType::parse("a/b; boundary=x; boundary=y").contradicts_itself("boundary"));
        assert!(!ContentType::parse("a/b; boundary=x; boundary=x").contradicts_itself("boundary"));
    }

    #[test]
    fn a_foreign_charset_is_named() {
        let charset = |text| ContentType::parse(text).foreign_charset().map(str::to_owned);
        assert_eq!(charset("application/soap+xml; charset=UTF-8"), None);
        assert_eq!(charset("application/soap+xml; charset=\"Shift_JIS\"").unwrap(), "Shift_JIS");
    }
}
