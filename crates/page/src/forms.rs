//! What a posted form must show before it is believed: it comes from our own page (Origin) and
//! was written for this browser (token).

use http::uri::Authority;
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

/// Where the pages stand as browsers see them: from there forms come, and by its scheme cookies
/// are protected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    tls: bool,
    /// The one origin, where it is known; else whatever `Host` says.
    origin: Option<String>,
}

/// Why a text is no public address of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no public address of the pages: expected https://HOST or https://HOST:PORT, \
     without a path"
)]
pub struct SiteError(String);

impl Site {
    /// The pages are reached at the listener itself; `tls` is whether it speaks TLS.
    pub fn direct(tls: bool) -> Site {
        Site { tls, origin: None }
    }

    /// The pages are reached at a public address, through a front that speaks TLS.
    ///
    /// # Errors
    /// It is not `https://HOST[:PORT]`.
    pub fn public(url: &str) -> Result<Site, SiteError> {
        let wrong = || SiteError(url.to_owned());
        let lower = url.trim_end_matches('/').to_ascii_lowercase();
        let authority = lower.strip_prefix("https://").ok_or_else(wrong)?;
        let parsed: Authority = authority.parse().map_err(|_| wrong())?;
        let is_plain = !parsed.host().is_empty() && !authority.contains('@');
        // Browsers leave the port of the scheme out of `Origin`.
        let host = authority.strip_suffix(":443").unwrap_or(authority);
        is_plain
            .then(|| Site { tls: true, origin: Some(format!("https://{host}")) })
            .ok_or_else(wrong)
    }

    /// Whether cookies are `Secure` with the `__Host-` prefix.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Checks that `Origin` is this site: the public address where there is one, else the one
    /// that `Host` names.
    ///
    /// # Errors
    /// [`FormError::ForeignOrigin`].
    pub fn check_origin(&self, headers: &HeaderMap) -> Result<(), FormError> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let sent = text(header::ORIGIN).ok_or(FormError::ForeignOrigin)?;
        let own = match &self.origin {
            Some(origin) => sent.eq_ignore_ascii_case(origin),
            None => {
                let scheme = if self.tls { "https://" } else { "http://" };
                let host = text(header::HOST).ok_or(FormError::ForeignOrigin)?;
                sent.strip_prefix(scheme).is_some_and(|site| site.eq_ignore_ascii_case(host))
            }
        };
        if own { Ok(()) } else { Err(FormError::ForeignOrigin) }
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
        let site = Site::direct(true);
        assert_eq!(site.check_origin(&headers(Some("https://musubi.example:8443"))), Ok(()));
        for origin in [
            None,
            Some("null"),
            Some("http://musubi.example:8443"),
            Some("https://musubi.example"),
            Some("https://musubi.example:8443.evil.example"),
        ] {
            assert_eq!(site.check_origin(&headers(origin)), Err(FormError::ForeignOrigin));
        }
    }

    #[test]
    fn behind_a_front_the_public_address_is_the_only_origin() {
        let site = Site::public("https://Records.example.jp/").unwrap();
        assert!(site.is_tls());
        assert_eq!(site.check_origin(&headers(Some("https://records.example.jp"))), Ok(()));
        for origin in [
            None,
            Some("http://records.example.jp"),
            Some("https://musubi.example:8443"),
            Some("https://records.example.jp.evil.example"),
        ] {
            assert_eq!(site.check_origin(&headers(origin)), Err(FormError::ForeignOrigin));
        }
        let with_port = Site::public("https://records.example.jp:443").unwrap();
        assert_eq!(with_port, site);
        for wrong in [
            "",
            "https://",
            "http://records.example.jp",
            "records.example.jp",
            "https://records.example.jp/pages",
            "https://user@records.example.jp",
            "https://:8443",
        ] {
            assert!(Site::public(wrong).is_err(), "{wrong}");
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
