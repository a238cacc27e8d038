//! One request, as the pages see it.

use crate::forms::Site;
use crate::refusal::{Kind, Refusal};
use crate::{Language, cookie};
use access::SessionToken;
use axum::extract::{FromRef, FromRequestParts, Query};
use http::HeaderMap;
use http::request::Parts;
use std::convert::Infallible;
use std::sync::Arc;

/// Settings that all pages share.
#[derive(Debug, Clone, Default)]
pub struct PageConfig {
    /// Where browsers reach the pages: there forms must come from; under TLS cookies are `Secure`
    /// with the `__Host-` prefix.
    pub site: Site,
    /// Name of the region, beside the product's on every page.
    pub region: String,
    /// Lines on the sign-in page: who to ask, what is going on. Never about a patient.
    pub notices: Vec<String>,
}

/// Names and values of a query or form, in their order; names may repeat.
pub type Pairs = Vec<(String, String)>;

/// What handlers need of a request beside its path.
#[derive(Clone)]
pub struct Call {
    /// The session's token, if the cookie holds one.
    pub token: Option<SessionToken>,
    /// Whether htmx asks for a fragment.
    pub fragment: bool,
    /// The mark of the patient that the asking page shows.
    pub banner: Option<String>,
    /// The path with its query.
    pub here: String,
    /// The query.
    pub query: Pairs,
    /// The language before sign-in, kept equal to the account's after it.
    pub language: Language,
    /// The headers.
    pub headers: HeaderMap,
    /// Whether cookies are those of TLS.
    pub tls: bool,
    /// Settings of the pages.
    pub config: Arc<PageConfig>,
}

impl<S> FromRequestParts<S> for Call
where
    S: Send + Sync,
    Arc<PageConfig>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Call, Infallible> {
        let config = Arc::<PageConfig>::from_ref(state);
        let tls = config.site.is_tls();
        let headers = parts.headers.clone();
        let query =
            Query::<Pairs>::try_from_uri(&parts.uri).map(|found| found.0).unwrap_or_default();
        let token =
            cookie::SESSION.read(&headers, tls).and_then(|value| SessionToken::from_cookie(&value));
        let language = cookie::LANGUAGE.read(&headers, tls).unwrap_or_default();
        let banner = headers.get("x-musubi-banner").and_then(|value| value.to_str().ok());
        Ok(Call {
            token,
            fragment: headers.contains_key("hx-request"),
            banner: banner.map(str::to_owned).or_else(|| last(&query, "b").map(str::to_owned)),
            here: parts.uri.path_and_query().map_or("/".to_owned(), |it| it.as_str().to_owned()),
            query,
            language: Language::from_code(&language),
            headers,
            tls,
            config,
        })
    }
}

impl Call {
    /// The last value of a name in the query; empty counts as absent.
    pub fn value(&self, name: &str) -> Option<&str> {
        last(&self.query, name).filter(|value| !value.is_empty())
    }

    /// Whether the request was made by a page of ours.
    pub fn is_own_page(&self) -> bool {
        self.config.site.check_origin(&self.headers).is_ok()
    }

    /// Refuses a form that our own pages did not send.
    pub fn check_form(&self, form: &Pairs) -> Result<(), Refusal> {
        let own = self.is_own_page();
        let sent = last(form, "token").unwrap_or("");
        match &self.token {
            Some(token) if own && token.csrf_matches(sent) => Ok(()),
            Some(_) => Err(Refusal::new(self, Kind::ForeignForm)),
            None => Err(Refusal::new(self, Kind::SignedOut)),
        }
    }
}

/// The last value of a name.
pub fn last<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Writes a query, leaving out empty values.
pub fn query_text<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

fn encode(value: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b',' | b':') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_encoded_and_empty_values_left_out() {
        assert_eq!(
            query_text([("f", "1"), ("q", ""), ("d", "内科 1")]),
            "?f=1&d=%E5%86%85%E7%A7%91%201"
        );
        assert_eq!(query_text([("q", "")]), "");
    }
}
