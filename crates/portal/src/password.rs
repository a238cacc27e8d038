//! `/me/password`: whoever is signed in changes the own password.

use crate::call::{Call, Pairs, last};
use crate::reader::{Reader, render};
use crate::refusal::Refusal;
use crate::sign_in::see_other;
use crate::state::PortalState;
use access::AccessError;
use access::password::PasswordRule;
use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use http::StatusCode;
use model::limits::{PASSWORD_CHARACTERS, PASSWORD_MIN_CHARACTERS};
use page::Frame;

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    frame: Frame,
    login: String,
    characters_min: u64,
    is_changed: bool,
    /// What is wrong, in words.
    wrong: Option<String>,
}

/// Answers `GET /me/password`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    page(&call, &reader, None)
}

/// Answers `POST /me/password`. Wrong present passwords count like failed sign-ins, so that an
/// unattended computer gives nobody more attempts than the sign-in does.
pub async fn post(
    State(state): State<PortalState>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let reader = state.reader(&call).await?;
    let field = |name| last(&sent, name).unwrap_or("");
    let frame = reader.frame(&call, "me");
    if field("new") != field("again") {
        return page(&call, &reader, Some(frame.t("password-differs")));
    }
    let Some(token) = &call.token else { return page(&call, &reader, None) };
    let login = reader.session.login.as_str();
    let changed =
        state.accounts.change_password(token, login, field("present"), field("new")).await;
    match changed {
        Ok(()) => Ok(see_other("/me/password?changed=1", &[])),
        Err(AccessError::Password(rule)) => page(&call, &reader, Some(rule_words(&frame, rule))),
        Err(AccessError::WrongPassword) => page(&call, &reader, Some(frame.t("password-wrong"))),
        Err(error) => Err(Refusal::new(&call, error)),
    }
}

fn page(call: &Call, reader: &Reader, wrong: Option<String>) -> Result<Response, Refusal> {
    let is_refused = wrong.is_some();
    let page = PasswordPage {
        login: reader.session.login.clone(),
        characters_min: PASSWORD_MIN_CHARACTERS,
        is_changed: !is_refused && call.value("changed").is_some(),
        wrong,
        frame: reader.frame(call, "me"),
    };
    let mut response = render(call, &page)?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn rule_words(frame: &Frame, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::TooShort => frame.tn("password-too-short", PASSWORD_MIN_CHARACTERS),
        PasswordRule::TooLong => frame.tn("password-too-long", PASSWORD_CHARACTERS),
        PasswordRule::ContainsLogin => frame.t("password-contains-login"),
        PasswordRule::Guessable => frame.t("password-guessable"),
        PasswordRule::Reused => frame.t("password-reused"),
    }
}
