//! What a posted form must show before it is believed: it comes from our own page (Origin) and
//! was written for this browser (token).

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Why a form is refused; each is answered with 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FormError {
    /// No `Origin`, or another site's.
    #[error("the form was not sent from this site")]
    ForeignOrigin,
    /// The hidden token is not the one of this browser's cookie.
    #[error("the form's token is not this session's")]
    Token,
}

/// The hidden token of forms, made from the secret in a cookie. It is no secret by which one
/// could find the cookie's.
pub fn token_of(cookie_secret: &str) -> String {
    let digest =
        Sha256::new().chain_update(b"musubi form\0").chain_update(cookie_secret).finalize();
    hex::encode(&digest[..16])
}

/// Checks a form's hidden token against the cookie's secret, in a time that does not tell how
/// far they agree.
pub fn check_token(cookie_secret: &str, sent: &str) -> Result<(), FormError> {
    let expected = token_of(cookie_secret);
    let differing = expected.bytes().zip(sent.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    if expected.len() == sent.len() && differing == 0 { Ok(()) } else { Err(FormError::Token) }
}

/// Checks that `Origin` is the site that `Host` names.
pub fn check_origin(headers: &HeaderMap, tls: bool) -> Result<(), FormError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return Err(FormError::ForeignOrigin);
    };
    let scheme = if tls { "https://" } else { "http://" };
    match origin.strip_prefix(scheme) {
        Some(site) if site.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(FormError::ForeignOrigin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("musubi.example:8443"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn only_our_own_site_may_post() {
        assert_eq!(check_origin(&headers(Some("https://musubi.example:8443")), true), Ok(()));
        for origin in [
            None,
            Some("null"),
            Some("http://musubi.example:8443"),
            Some("https://musubi.example"),
            Some("https://musubi.example:8443.evil.example"),
        ] {
            assert_eq!(check_origin(&headers(origin), true), Err(FormError::ForeignOrigin));
        }
    }

    #[test]
    fn a_token_fits_its_own_cookie_only() {
        assert_eq!(check_token("one", &token_of("one")), Ok(()));
        assert_eq!(check_token("one", &token_of("two")), Err(FormError::Token));
        assert_eq!(check_token("one", ""), Err(FormError::Token));
        assert!(!token_of("one").contains("one"));
    }
}
