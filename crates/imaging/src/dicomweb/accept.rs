//! What an asker accepts (PS3.18 8.7): media ranges with their DICOM parameters.

use http::HeaderMap;
use http::header::ACCEPT;
use model::limits::DICOMWEB_ACCEPT_RANGES;
use soap::ContentType;

/// One media range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    /// The media type itself, or that of the parts where it is `multipart/related`.
    pub inner: String,
    /// Whether several parts are accepted.
    pub is_multipart: bool,
    /// `transfer-syntax`; empty where none is said.
    pub transfer_syntax: String,
    /// `charset`; empty where none is said.
    pub charset: String,
}

/// What is accepted, the most wanted first; `*/*` where nothing was said. The query parameter
/// `accept` (PS3.18 8.3.3.1) goes before the header.
pub(crate) fn accepted(query: &[(String, String)], headers: &HeaderMap) -> Vec<Range> {
    let said: Vec<&str> = query
        .iter()
        .filter(|(name, _)| name == "accept")
        .map(|(_, value)| value.as_str())
        .collect();
    let said = match said.is_empty() {
        false => said,
        true => headers.get_all(ACCEPT).iter().filter_map(|one| one.to_str().ok()).collect(),
    };
    if said.iter().all(|one| one.trim().is_empty()) {
        return vec![range("*/*")];
    }
    let most = usize::try_from(DICOMWEB_ACCEPT_RANGES).unwrap_or(usize::MAX);
    let mut ranges: Vec<(u32, Range)> = said
        .iter()
        .flat_map(|one| parted(one))
        .take(most)
        .map(|one| (quality(one), range(one)))
        .filter(|(quality, _)| *quality > 0)
        .collect();
    ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    ranges.into_iter().map(|(_, range)| range).collect()
}

impl Range {
    /// Whether parts or bodies of a media type are accepted; `image/*` and `*/*` are read too.
    pub(crate) fn takes(&self, media_type: &str) -> bool {
        let group = media_type.split('/').next().unwrap_or_default();
        self.inner == "*/*"
            || self.inner == media_type
            || self.inner.strip_suffix("/*").is_some_and(|one| one == group)
    }

    /// Whether one body that is no multipart message is accepted.
    pub(crate) fn is_single(&self) -> bool {
        !self.is_multipart
    }

    /// Whether text as UTF-8 is asked for.
    pub(crate) fn is_utf8(&self) -> bool {
        let charset = self.charset.to_ascii_lowercase();
        ["utf-8", "utf8", "iso_ir 192", "iso_ir_192"].contains(&charset.as_str())
    }
}

fn range(text: &str) -> Range {
    let read = ContentType::parse(text);
    let parameter = |name| read.parameter(name).unwrap_or_default().to_owned();
    let is_multipart = read.essence.starts_with("multipart/");
    let inner = match (is_multipart, read.parameter("type")) {
        (true, Some(inner)) => inner.to_ascii_lowercase(),
        (true, None) => "*/*".to_owned(),
        (false, _) => read.essence.clone(),
    };
    Range {
        inner,
        is_multipart,
        transfer_syntax: parameter("transfer-syntax"),
        charset: parameter("charset"),
    }
}

/// `q` in thousandths; what is no number counts as 1.
fn quality(text: &str) -> u32 {
    let read = ContentType::parse(text);
    let q = read.parameter("q").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
    (q.clamp(0.0, 1.0) * 1_000.0) as u32
}

/// The ranges of a header, parted at the commas that do not stand in quotes.
fn parted(text: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut is_quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                parts.extend(text.get(begin..at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(begin..));
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{Range, accepted};
    use http::HeaderMap;

    fn of(header: &'static str) -> Vec<Range> {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT, http::HeaderValue::from_static(header));
        accepted(&[], &headers)
    }

    #[test]
    fn ranges_are_read_with_quotes_parameters_and_in_the_order_of_their_quality() {
        let found = of("image/jpeg;q=0.2, multipart/related; type=\"application/dicom\"; \
                        transfer-syntax=1.2.840.10008.1.2.1;q=0.8, application/dicom+json");
        let inner: Vec<&str> = found.iter().map(|one| one.inner.as_str()).collect();
        assert_eq!(inner, ["application/dicom+json", "application/dicom", "image/jpeg"]);
        assert!(found[1].is_multipart);
        assert_eq!(found[1].transfer_syntax, "1.2.840.10008.1.2.1");
        assert!(found[1].takes("application/dicom") && !found[1].takes("image/jpeg"));
    }

    #[test]
    fn nonsense_is_no_media_type_and_nothing_is_everything() {
        assert_eq!(of(" ")[0].inner, "*/*");
        assert!(of("a,;=\"").iter().all(|one| !one.takes("application/dicom")));
        assert!(of("*/*;q=0").is_empty());
    }

    #[test]
    fn the_query_goes_before_the_header() {
        let query = [("accept".to_owned(), "image/png".to_owned())];
        let found = accepted(&query, &HeaderMap::new());
        assert_eq!(found[0].inner, "image/png");
        assert!(found[0].is_single() && found[0].takes("image/png"));
    }
}
