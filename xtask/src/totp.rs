//! Time-based one-time codes (RFC 6238, SHA-1, 30 s, 6 digits), independent of the product's.

use anyhow::{Context, Result, bail};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code of the present half minute.
pub fn code_now(secret_base32: &str) -> Result<String> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    code(&base32(secret_base32)?, now_s / 30)
}

fn code(secret: &[u8], counter: u64) -> Result<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).context("secret")?;
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 15);
    let number =
        digest[offset..offset + 4].iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    Ok(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
}

/// RFC 4648 base32, with or without padding.
fn base32(text: &str) -> Result<Vec<u8>> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => bail!("`{}` is not base32", char::from(letter)),
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(secret, b"12345678901234567890");
        for (time_s, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(code(&secret, time_s / 30).unwrap(), expected);
        }
    }

    #[test]
    fn other_letters_are_refused() {
        assert!(base32("A1").is_err());
        assert_eq!(base32("MY======").unwrap(), b"f");
    }
}
