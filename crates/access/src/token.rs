//! Session tokens: 32 random bytes in the browser, only their SHA-256 in the database.

use hmac::{Hmac, KeyInit, Mac};
use model::IdSource;
use sha2::{Digest, Sha256};
use std::fmt;

/// The secret that a browser holds. It is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// A fresh token.
    pub fn fresh(ids: &dyn IdSource) -> SessionToken {
        let mut bytes = [0; 32];
        ids.fill(&mut bytes);
        SessionToken(bytes)
    }

    /// Reads the value of the cookie: 64 hexadecimal digits.
    pub fn from_cookie(value: &str) -> Option<SessionToken> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(value, &mut bytes).ok()?;
        Some(SessionToken(bytes))
    }

    /// The value of the cookie.
    pub fn to_cookie(&self) -> String {
        hex::encode(self.0)
    }

    /// What the database keeps. A copy of the database opens no session.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The token that every form of this session carries. It is derived, so nothing is stored,
    /// and it changes whenever the session token is rotated.
    pub fn csrf(&self) -> String {
        hex::encode(self.csrf_mac().finalize().into_bytes())
    }

    /// Whether a form carries this session's token; takes the same time for every wrong one.
    pub fn csrf_matches(&self, received: &str) -> bool {
        let mut bytes = [0; 32];
        hex::decode_to_slice(received, &mut bytes).is_ok()
            && self.csrf_mac().verify_slice(&bytes).is_ok()
    }

    fn csrf_mac(&self) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"musubi csrf 1");
        mac
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(byte: u8) -> SessionToken {
        SessionToken([byte; 32])
    }

    #[test]
    fn a_cookie_leads_back_to_its_token() {
        assert_eq!(SessionToken::from_cookie(&token(7).to_cookie()), Some(token(7)));
        assert_eq!(SessionToken::from_cookie("07"), None);
        assert_eq!(SessionToken::from_cookie(&"zz".repeat(32)), None);
    }

    #[test]
    fn only_its_own_form_token_matches() {
        let csrf = token(1).csrf();
        assert!(token(1).csrf_matches(&csrf));
        assert!(!token(2).csrf_matches(&csrf));
        assert!(!token(1).csrf_matches(""));
        assert!(!token(1).csrf_matches(&csrf[..62]));
        assert_ne!(csrf, token(1).to_cookie());
        assert_ne!(csrf, hex::encode(token(1).hash()));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", token(0xab)), "SessionToken(..)");
    }
}
