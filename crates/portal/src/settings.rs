//! `/me`: language, theme and keys, kept with the account; and the switch of the language that
//! stands on every page.

use crate::call::{Call, Pairs, last};
use crate::reader::{Reader, render};
use crate::refusal::Refusal;
use crate::sign_in::see_other;
use crate::state::PortalState;
use access::Preferences;
use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use page::{Frame, Language, cookie};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    login: String,
    themes: Vec<(&'static str, String, bool)>,
    languages: Vec<(&'static str, &'static str, bool)>,
    single_keys: bool,
    is_saved: bool,
}

/// Answers `GET /me`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let frame = reader.frame(&call, "me");
    let chosen = &reader.session.preferences;
    let theme =
        |name: &'static str| (name, frame.t(&format!("theme-{name}")), chosen.theme == name);
    let language = |it: Language| (it.code(), it.name(), chosen.language == it.code());
    let page = SettingsPage {
        login: reader.session.login.clone(),
        themes: ["auto", "light", "dark"].map(theme).to_vec(),
        languages: [Language::Japanese, Language::English].map(language).to_vec(),
        single_keys: chosen.single_keys,
        is_saved: call.value("saved").is_some(),
        frame,
    };
    render(&call, &page)
}

/// Answers `POST /me`.
pub async fn post(
    State(state): State<PortalState>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let reader = state.reader(&call).await?;
    let field = |name| last(&sent, name).unwrap_or("").to_owned();
    let preferences = Preferences {
        language: field("language"),
        theme: field("theme"),
        single_keys: field("single_keys") == "on",
    };
    keep(&state, &call, &reader, preferences, "/me?saved=1").await
}

/// Answers `POST /me/language`: switches the language and comes back to the same address.
pub async fn language(
    State(state): State<PortalState>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let reader = state.reader(&call).await?;
    let language = last(&sent, "language").unwrap_or("").to_owned();
    let preferences = Preferences { language, ..reader.session.preferences.clone() };
    let back = last(&sent, "back").filter(|place| is_local(place)).unwrap_or("/");
    keep(&state, &call, &reader, preferences, back).await
}

async fn keep(
    state: &PortalState,
    call: &Call,
    reader: &Reader,
    preferences: Preferences,
    back: &str,
) -> Result<Response, Refusal> {
    let language = Language::from_code(&preferences.language);
    state
        .accounts
        .set_preferences(reader.session.account_id, preferences)
        .await
        .map_err(|error| Refusal::new(call, error))?;
    Ok(see_other(back, &[cookie::LANGUAGE.set(language.code(), call.tls)]))
}

/// An address of this site: a redirect must not lead elsewhere.
fn is_local(place: &str) -> bool {
    let mut bytes = place.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && place.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_addresses_of_this_site_are_followed() {
        for place in ["/", "/p/3/labs?f=1", "/me"] {
            assert!(is_local(place), "{place}");
        }
        for place in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "p"]
        {
            assert!(!is_local(place), "{place}");
        }
    }
}
