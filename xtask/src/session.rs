//! A doctor's session on the pages: password, second factor, and what a page says in words.

use crate::centre::Account;
use crate::http::{Client, Response};
use crate::totp;
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;

/// Signs in as a browser does: form by form, each with its hidden token.
pub fn sign_in(address: SocketAddr, account: &Account) -> Result<Client> {
    let mut client = Client::new(address);
    let form = client.page("/sign-in")?;
    let fields = [
        ("token", hidden(&form, "token")?),
        ("login", &account.login),
        ("password", &account.password),
    ];
    expect_redirect(&client.post("/sign-in", &fields)?, "/sign-in")?;
    let form = client.page("/sign-in")?;
    let code = totp::code_now(&account.totp_secret)?;
    let fields =
        [("token", hidden(&form, "token")?), ("login", &account.login), ("code", code.as_str())];
    expect_redirect(&client.post("/sign-in/code", &fields)?, "/")?;
    Ok(client)
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> Result<&'a str> {
    let begin = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&begin).with_context(|| format!("no field `{name}`"))?;
    Ok(rest.split('"').next().unwrap_or_default())
}

fn expect_redirect(response: &Response, place: &str) -> Result<()> {
    let found = response.head.get("location").map_or("", String::as_str);
    if response.status != 303 || found != place {
        bail!("signing in: {} {found}: {}", response.status, words(&response.body));
    }
    Ok(())
}

/// The words of a page: tags out, entities of the escaper back, blanks folded.
pub fn words(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        // Parts of one value stand in elements of their own beside each other.
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let plain = text
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_page_are_without_tags() {
        let page = "<p class=\"x\">検査 <b>12</b> / 30 件</p>\n<p>&#60;5.0</p>";
        assert_eq!(words(page), "検査 12 / 30 件 <5.0");
    }

    #[test]
    fn hidden_fields_are_found() {
        let form = "<input type=\"hidden\" name=\"token\" value=\"abc\">";
        assert_eq!(hidden(form, "token").unwrap(), "abc");
        assert!(hidden(form, "other").is_err());
    }
}
