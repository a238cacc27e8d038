//! Passwords: argon2id at rest (security.md J3), one rule for new ones.

use crate::AccessError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, CustomizedPasswordHasher, Params, PasswordVerifier, Version};
use model::IdSource;
use model::limits::{PASSWORD_CHARACTERS, PASSWORD_MIN_CHARACTERS};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Memory of one hash in KiB, passes, lanes: the OWASP password storage sheet's second choice.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of no password with the present parameters: an unknown login costs the same work.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bXVzdWJpLW5vYm9keS0x$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a new password is refused. The texts are for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordRule {
    /// Shorter than `PASSWORD_MIN_CHARACTERS`.
    #[error("the password is too short: use at least 10 characters")]
    TooShort,
    /// Longer than `PASSWORD_CHARACTERS`.
    #[error("the password is too long: use at most 256 characters")]
    TooLong,
    /// It contains the login.
    #[error("the password contains the login: choose another")]
    ContainsLogin,
    /// A well-known password, a row of keys or digits, or a few characters repeated.
    #[error("the password is easy to guess: choose another")]
    Guessable,
    /// It is the present one.
    #[error("the password is the present one: choose another")]
    Reused,
}

/// Says whether `password` may become the password of `login`.
pub fn check_rule(login: &str, password: &str) -> Result<(), PasswordRule> {
    let folded = fold(password).to_lowercase();
    let length = folded.chars().count() as u64;
    if length < PASSWORD_MIN_CHARACTERS {
        return Err(PasswordRule::TooShort);
    }
    if length > PASSWORD_CHARACTERS {
        return Err(PasswordRule::TooLong);
    }
    let login = fold(login).to_lowercase();
    if login.chars().count() >= 3 && folded.contains(&login) {
        return Err(PasswordRule::ContainsLogin);
    }
    if is_guessable(&folded) { Err(PasswordRule::Guessable) } else { Ok(()) }
}

/// The PHC string to store. Takes tens of milliseconds: never call it inside a transaction.
pub fn hash(password: &str, ids: &dyn IdSource) -> Result<String, AccessError> {
    let mut salt = [0_u8; 16];
    ids.fill(&mut salt);
    let hashed: PasswordHash = hasher()?
        .hash_password_with_params(fold(password).as_bytes(), &salt, params()?)
        .map_err(|error| AccessError::Hash(error.to_string()))?;
    Ok(hashed.to_string())
}

/// Whether `password` is the one hashed in `stored`; `None` does the same work and says no.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, AccessError> {
    if password.chars().count() as u64 > PASSWORD_CHARACTERS {
        return Ok(false);
    }
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY))
        .map_err(|error| AccessError::Hash(error.to_string()))?;
    let fits = hasher()?.verify_password(fold(password).as_bytes(), &parsed).is_ok();
    Ok(fits && stored.is_some())
}

fn params() -> Result<Params, AccessError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| AccessError::Hash(error.to_string()))
}

fn hasher() -> Result<Argon2<'static>, AccessError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?))
}

/// The same keys give the same password with the input method on (full width) and off.
fn fold(password: &str) -> String {
    password.nfkc().collect()
}

/// Words that well-known passwords are made of; what is left after taking them away, digits
/// and signs must still be something.
const COMMON_WORDS: &[&str] = &[
    "password",
    "passwd",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "letmein",
    "welcome",
    "iloveyou",
    "sunshine",
    "princess",
    "dragon",
    "monkey",
    "football",
    "baseball",
    "superman",
    "batman",
    "master",
    "admin",
    "administrator",
    "hospital",
    "clinic",
    "doctor",
    "kangoshi",
    "byouin",
    "musubi",
    "sakura",
    "nihon",
    "japan",
    "tokyo",
    "secret",
    "trustno",
    "changeme",
    "default",
    "guest",
    "login",
    "user",
    "test",
    "demo",
    "abc",
    "qaz",
    "wsx",
];

fn is_guessable(folded: &str) -> bool {
    let mut distinct: Vec<char> = folded.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || is_run(folded) {
        return true;
    }
    let mut rest: String = folded
        .trim_matches(|c: char| !c.is_alphabetic())
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            other => other,
        })
        .collect();
    for word in COMMON_WORDS {
        rest = rest.replace(word, "");
    }
    let letters_before = folded.chars().filter(|c| c.is_alphabetic()).count();
    let letters_after = rest.chars().filter(|c| c.is_alphabetic()).count();
    letters_before == 0 && folded.chars().count() < 14 || letters_after < 3 && letters_before > 0
}

/// Each character is the next, or the one before, in the alphabet or among the digits.
fn is_run(folded: &str) -> bool {
    let codes: Vec<i64> = folded.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = |step: i64| {
        codes.windows(2).filter(|pair| pair[1] - pair[0] == step).count() + 2 >= codes.len()
    };
    steps(1) || steps(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::CountingIds;

    #[test]
    fn a_hash_fits_its_password_alone_and_is_salted() {
        let ids = CountingIds::default();
        let stored = hash("緑の自転車に乗る人", &ids).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("緑の自転車に乗る人", Some(&stored)).unwrap());
        assert!(!verify("緑の自転車に乗る", Some(&stored)).unwrap());
        assert_ne!(hash("緑の自転車に乗る人", &ids).unwrap(), stored);
    }

    #[test]
    fn an_unknown_login_costs_the_same_parameters_and_never_fits() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        let present = PasswordHash::new(&hash("anything at all", &CountingIds::default()).unwrap())
            .unwrap()
            .params
            .to_string();
        assert_eq!(parsed.params.to_string(), present);
        assert!(!verify("", None).unwrap());
        assert!(!verify("anything at all", None).unwrap());
    }

    #[test]
    fn full_width_keys_are_the_same_password() {
        let stored = hash("kurukuru-42", &CountingIds::default()).unwrap();
        assert!(verify("ｋｕｒｕｋｕｒｕ－４２", Some(&stored)).unwrap());
    }

    #[test]
    fn the_rule_refuses_what_is_guessed_first() {
        use PasswordRule::*;
        let refused = |password| check_rule("sato.megumi", password).unwrap_err();
        assert_eq!(refused("short"), TooShort);
        let endless = "x y".repeat(100);
        assert_eq!(refused(&endless), TooLong);
        assert_eq!(refused("my-Sato.Megumi-1"), ContainsLogin);
        for common in [
            "Password2026!",
            "P@ssw0rd12345",
            "1234567890",
            "qwertyuiop1",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "9876543210",
            "hospital2026",
            "20260401123",
        ] {
            assert_eq!(check_rule("sato.megumi", common), Err(Guessable), "{common}");
        }
        for good in
            ["correct horse battery", "雨の日は長靴で歩いて帰る", "tuki-ga-kirei", "Xk4-vv92-plo"]
        {
            assert_eq!(check_rule("sato.megumi", good), Ok(()), "{good}");
        }
    }
}
