//! Markup characters, out and in.

use std::borrow::Cow;

/// Writes text so that it can stand in an element or a quoted attribute.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// Takes references apart; unknown entities stay as written.
pub(crate) fn resolve_all(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let name_length = after.bytes().take(MAXIMUM_NAME).position(|byte| byte == b';');
        match name_length.and_then(|length| after.split_at_checked(length)) {
            Some((name, tail)) => {
                push_reference(name, &mut out);
                rest = tail.get(1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Appends what the reference `&name;` stands for.
pub(crate) fn push_reference(name: &str, out: &mut String) {
    let character = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => numbered(name).filter(|character| is_allowed(*character)),
    };
    match character {
        Some(character) => out.push(character),
        None => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
    }
}

const MAXIMUM_NAME: usize = 64;

fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let number = match digits.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(number)
}

fn is_allowed(character: char) -> bool {
    !character.is_control() || matches!(character, '\t' | '\n' | '\r')
}
