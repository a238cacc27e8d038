//! A browser of few words: cookies, forms, a sign-in with both factors.

use super::server::{Answer, Server};
use std::collections::BTreeMap;

/// A browser at a server's pages.
pub struct Browser<'a> {
    server: &'a Server,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    /// A browser that knows nothing yet.
    pub fn new(server: &'a Server) -> Browser<'a> {
        Browser { server, cookies: BTreeMap::new() }
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// Signs in; `code` gives the code of the second factor when it is asked for.
    pub fn sign_in(&mut self, login: &str, password: &str, code: impl Fn() -> String) {
        let token = self.token();
        let form = format!("token={token}&login={login}&password={}", encoded(password));
        assert_eq!(self.ask("POST", "/sign-in", &form).status, 303);
        let token = self.token();
        let form = format!("token={token}&login={login}&code={}", code());
        let answer = self.ask("POST", "/sign-in/code", &form);
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    /// The token of the form on the sign-in page.
    fn token(&mut self) -> String {
        let page = self.get("/sign-in").text();
        let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
        encoded(rest.split('"').next().expect("a token"))
    }

    fn ask(&mut self, method: &str, path: &str, form: &str) -> Answer {
        let all: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = format!("Cookie: {}\r\n", all.join("; "));
        if method == "POST" {
            headers.push_str(&format!("Origin: http://{}\r\n", self.server.address));
        }
        let media_type = "application/x-www-form-urlencoded";
        let answer = self.server.send_with(method, path, media_type, &headers, form.as_bytes());
        for line in answer.head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie")
                && let Some((name, value)) = value.split(';').next().unwrap_or("").split_once('=')
            {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
