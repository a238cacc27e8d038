//! The second factor: time-based codes (RFC 6238) from an authenticator application.

use crate::AccessError;
use model::{IdSource, Timestamp};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Bytes of a secret (RFC 4226 §4 recommends 160 bits).
pub const SECRET_BYTES: usize = 20;

/// Seconds of one step.
const STEP_SECONDS: u64 = 30;

/// A fresh secret for a new account.
pub fn fresh_secret(ids: &dyn IdSource) -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    ids.fill(&mut secret);
    secret
}

/// The step that `code` belongs to, if it is right for `now` or one step beside it. The caller
/// refuses a step that was used before (RFC 6238 §5.2: a code is good for one sign-in).
pub fn matching_step(
    secret: &[u8],
    code: &str,
    now: Timestamp,
) -> Result<Option<i64>, AccessError> {
    let digits: String = code
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
            other => other,
        })
        .take(8)
        .collect();
    let step = totp(secret, "")?.check(&digits, unix_seconds(now));
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The code of the present step: for `demo`, which has no telephone.
pub fn present_code(secret: &[u8], now: Timestamp) -> Result<String, AccessError> {
    Ok(totp(secret, "")?.generate(unix_seconds(now)).to_string())
}

/// The `otpauth:` address that authenticator applications read, as a link or a QR code.
pub fn provisioning_url(secret: &[u8], login: &str) -> Result<String, AccessError> {
    totp(secret, login)?.to_url().map_err(|error| AccessError::SecondFactor(error.to_string()))
}

/// The secret in base 32, to be typed in by hand.
pub fn secret_text(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// The secret of a base 32 text, blanks and letter case aside.
pub fn secret_from_text(text: &str) -> Result<Vec<u8>, AccessError> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    Secret::try_from_base32(compact.to_ascii_uppercase())
        .map(|secret| secret.as_bytes().to_vec())
        .map_err(|error| AccessError::SecondFactor(error.to_string()))
}

fn totp(secret: &[u8], login: &str) -> Result<Totp, AccessError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_issuer(Some("Musubi"))
        .with_account_name(login.replace(':', "_"))
        .with_secret(secret.to_vec())
        .build()
        .map_err(|error| AccessError::SecondFactor(error.to_string()))
}

fn unix_seconds(now: Timestamp) -> u64 {
    u64::try_from(now.0 / Timestamp::SECOND_US).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * Timestamp::SECOND_US)
    }

    #[test]
    fn agrees_with_the_test_vectors_of_rfc_6238() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(present_code(SECRET, at(seconds)).unwrap(), code);
            assert_eq!(matching_step(SECRET, code, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_beside_is_right_and_two_are_wrong() {
        let code = present_code(SECRET, at(3_000)).unwrap();
        assert_eq!(matching_step(SECRET, &code, at(3_030)).unwrap(), Some(100));
        assert_eq!(matching_step(SECRET, &code, at(2_970)).unwrap(), Some(100));
        assert_eq!(matching_step(SECRET, &code, at(3_060)).unwrap(), None);
        assert_eq!(matching_step(SECRET, &code, at(2_969)).unwrap(), None);
    }

    #[test]
    fn takes_digits_as_people_type_them() {
        let code = present_code(SECRET, at(59)).unwrap();
        assert_eq!(code, "287082");
        assert_eq!(matching_step(SECRET, "287 082", at(59)).unwrap(), Some(1));
        assert_eq!(matching_step(SECRET, "２８７０８２", at(59)).unwrap(), Some(1));
        for wrong in ["", "28708", "2870822", "+87082", "abcdef", "287082287082"] {
            assert_eq!(matching_step(SECRET, wrong, at(59)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_names_issuer_and_login() {
        let url = provisioning_url(SECRET, "sato.megumi").unwrap();
        assert!(url.starts_with("otpauth://totp/Musubi:sato.megumi?secret="), "{url}");
        assert_eq!(secret_text(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
