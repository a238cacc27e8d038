//! The words of an XPath expression.

use anyhow::{Result, bail};

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A name, `*` included where it stands for any name.
    Name(String),
    /// A literal in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// An operator or bracket.
    Sign(&'static str),
}

/// Longer signs first: the first that fits is taken.
const SIGNS: &[&str] = &[
    "//", "::", "!=", "<=", ">=", "..", "/", "[", "]", "(", ")", "@", ",", "=", "<", ">", "|", "+",
    "-", "*", ".",
];

/// Reads the words of an expression.
pub fn tokens(text: &str) -> Result<Vec<Token>> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => {
                let Some(end) = rest[1..].find(first) else { bail!("a literal does not end") };
                (Token::Text(rest[1..=end].to_owned()), end + 2)
            }
            '0'..='9' => {
                let length = length_of(rest, |one| one.is_ascii_digit() || one == '.');
                (Token::Number(rest[..length].parse()?), length)
            }
            _ if is_name(first) && !first.is_ascii_digit() => {
                let length = length_of(rest, |one| is_name(one) || one == '-');
                (Token::Name(rest[..length].to_owned()), length)
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => bail!("XPath sign `{first}` is not known"),
            },
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn is_name(one: char) -> bool {
    one.is_alphanumeric() || one == '_'
}

fn length_of(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|one| !fits(one)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_dashes_and_literals_their_blanks() {
        let name = |text: &str| Token::Name(text.to_owned());
        let expected = [
            Token::Sign("//"),
            Token::Sign("*"),
            Token::Sign("["),
            name("local-name"),
            Token::Sign("("),
            Token::Sign(")"),
            Token::Sign("="),
            Token::Text("A b".to_owned()),
            Token::Sign("]"),
        ];
        assert_eq!(tokens("//*[local-name() = 'A b']").unwrap(), expected);
        assert!(tokens("'open").is_err());
        assert!(tokens("$x").unwrap_err().to_string().contains('$'));
    }
}
