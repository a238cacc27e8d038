//! Cookies: HttpOnly, SameSite=Strict, and with the `__Host-` prefix where TLS protects them.

use http::{HeaderMap, HeaderValue, header};

/// A cookie of the pages: its name without the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieName(pub &'static str);

/// The token of the session.
pub const SESSION: CookieName = CookieName("musubi-session");
/// The token of the sign-in form, before there is a session.
pub const SIGN_IN: CookieName = CookieName("musubi-sign-in");
/// The language chosen before sign-in: `ja` or `en`.
pub const LANGUAGE: CookieName = CookieName("musubi-language");

impl CookieName {
    /// The name as sent: browsers accept `__Host-` only with `Secure`, so only under TLS.
    pub fn full(self, tls: bool) -> String {
        if tls { format!("__Host-{}", self.0) } else { self.0.to_owned() }
    }

    /// The value that the browser sent; of several cookies of this name none is believed.
    pub fn read(self, headers: &HeaderMap, tls: bool) -> Option<String> {
        let name = self.full(tls);
        let mut values = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned());
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }

    /// `Set-Cookie` for a value of this browser session. Values are tokens of our own (letters
    /// and digits); anything else gives `None`.
    pub fn set(self, value: &str, tls: bool) -> Option<HeaderValue> {
        let plain = value.bytes().all(|b| b.is_ascii_alphanumeric());
        let line = format!("{}={value}; {}", self.full(tls), attributes(tls));
        plain.then(|| HeaderValue::from_str(&line).ok()).flatten()
    }

    /// `Set-Cookie` that removes it.
    pub fn remove(self, tls: bool) -> Option<HeaderValue> {
        let line = format!("{}=; Max-Age=0; {}", self.full(tls), attributes(tls));
        HeaderValue::from_str(&line).ok()
    }
}

fn attributes(tls: bool) -> &'static str {
    if tls {
        "Path=/; HttpOnly; SameSite=Strict; Secure"
    } else {
        "Path=/; HttpOnly; SameSite=Strict"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(line).unwrap());
        headers
    }

    #[test]
    fn reads_its_own_name_only() {
        assert_eq!(SESSION.read(&sent("a=1; musubi-session=t0k"), false).as_deref(), Some("t0k"));
        assert_eq!(SESSION.read(&sent("musubi-session=t0k"), true), None);
        assert_eq!(SESSION.read(&sent("__Host-musubi-session=t"), true).as_deref(), Some("t"));
        assert_eq!(SESSION.read(&sent("musubi-session=a; musubi-session=b"), false), None);
    }

    #[test]
    fn is_closed_to_scripts_and_other_sites() {
        let plain = SESSION.set("abc", false).unwrap();
        assert_eq!(plain, "musubi-session=abc; Path=/; HttpOnly; SameSite=Strict");
        let secure = SESSION.set("abc", true).unwrap();
        assert_eq!(secure, "__Host-musubi-session=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(SESSION.set("a;b", true), None);
    }
}
