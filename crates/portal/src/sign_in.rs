//! `/sign-in`: password, then the code of the second factor. `/sign-out`.

use crate::call::{Call, Pairs, last};
use crate::reader::render;
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use access::{CodeOutcome, Origin, PasswordOutcome, SessionState, SessionToken};
use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use net::PeerAddress;
use page::{Frame, Language, cookie};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// Waiting for the code of this login.
    login: Option<String>,
    /// What went wrong, in words.
    wrong: Option<String>,
    notices: Vec<String>,
    languages: [Language; 2],
}

/// Answers `GET /sign-in`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let mut call = call;
    if let Some(chosen) = call.value("lang") {
        call.language = Language::from_code(chosen);
    }
    if let Some(token) = call.token.clone() {
        match state.accounts.session(&token).await.map_err(|it| Refusal::new(&call, it))? {
            SessionState::SignedIn(_) => return Ok(see_other("/", &[])),
            SessionState::AwaitingCode { login, csrf } => {
                return form(&state, &call, Some(login), None, &csrf, &[]);
            }
            SessionState::Anonymous => {}
        }
    }
    fresh_form(&state, &call, None)
}

/// Answers `POST /sign-in`: the password.
pub async fn password(
    State(state): State<PortalState>,
    peer: Option<Extension<PeerAddress>>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    let field = |name| last(&sent, name).unwrap_or("");
    if !check_form(&call, field("token")) {
        return fresh_form(&state, &call, Some("sign-in-again"));
    }
    let outcome = state
        .accounts
        .check_password(field("login"), field("password"), origin(peer))
        .await
        .map_err(|error| Refusal::new(&call, error))?;
    match outcome {
        PasswordOutcome::Refused => fresh_form(&state, &call, Some("sign-in-refused")),
        PasswordOutcome::NextFactor(token) => {
            let cookies = [
                cookie::SESSION.set(&token.to_cookie(), call.tls),
                cookie::SIGN_IN.remove(call.tls),
            ];
            Ok(see_other("/sign-in", &cookies))
        }
    }
}

/// Answers `POST /sign-in/code`: the second factor.
pub async fn code(
    State(state): State<PortalState>,
    peer: Option<Extension<PeerAddress>>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let Some(token) = call.token.clone() else {
        return Err(Refusal::new(&call, Kind::SignedOut));
    };
    let typed = last(&sent, "code").unwrap_or("");
    let outcome = state
        .accounts
        .check_code(&token, typed, origin(peer))
        .await
        .map_err(|error| Refusal::new(&call, error))?;
    match outcome {
        CodeOutcome::SignedIn(token, session) => {
            let language = Language::from_code(&session.preferences.language);
            let cookies = [
                cookie::SESSION.set(&token.to_cookie(), call.tls),
                cookie::LANGUAGE.set(language.code(), call.tls),
            ];
            Ok(see_other("/", &cookies))
        }
        CodeOutcome::Refused => {
            let login = last(&sent, "login").unwrap_or("").chars().take(64).collect();
            let wrong = Some("code-refused");
            form(&state, &call, Some(login), wrong, &token.csrf(), &[])
        }
        CodeOutcome::Restart => fresh_form(&state, &call, Some("sign-in-restart")),
    }
}

/// Answers `POST /sign-out`.
pub async fn out(
    State(state): State<PortalState>,
    peer: Option<Extension<PeerAddress>>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    if let Some(token) = &call.token {
        let done = state.accounts.sign_out(token, origin(peer)).await;
        done.map_err(|error| Refusal::new(&call, error))?;
    }
    let mut response = see_other("/sign-in", &[cookie::SESSION.remove(call.tls)]);
    // Whatever the browser still holds of the record goes as well.
    response.headers_mut().insert(
        http::HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

/// Redirects after a form, with cookies.
pub fn see_other(place: &str, cookies: &[Option<HeaderValue>]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    for cookie in cookies.iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The first form has no session to hang its token on: a cookie of its own does.
fn check_form(call: &Call, sent: &str) -> bool {
    let token = cookie::SIGN_IN
        .read(&call.headers, call.tls)
        .and_then(|value| SessionToken::from_cookie(&value));
    call.is_own_page() && token.is_some_and(|token| token.csrf_matches(sent))
}

fn fresh_form(
    state: &PortalState,
    call: &Call,
    wrong: Option<&'static str>,
) -> Result<Response, Refusal> {
    let token = SessionToken::fresh(state.ids.as_ref());
    let cookies = [
        cookie::SIGN_IN.set(&token.to_cookie(), call.tls),
        cookie::LANGUAGE.set(call.language.code(), call.tls),
        cookie::SESSION.remove(call.tls),
    ];
    form(state, call, None, wrong, &token.csrf(), &cookies)
}

fn form(
    state: &PortalState,
    call: &Call,
    login: Option<String>,
    wrong: Option<&'static str>,
    token: &str,
    cookies: &[Option<HeaderValue>],
) -> Result<Response, Refusal> {
    let frame = Frame {
        language: call.language,
        region: call.config.region.clone(),
        token: token.to_owned(),
        ..Frame::default()
    };
    let page = SignInPage {
        wrong: wrong.map(|key| frame.t(key)),
        frame,
        login,
        notices: state.config.notices.clone(),
        languages: [Language::Japanese, Language::English],
    };
    let mut response = render(call, &page)?;
    if wrong.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    for cookie in cookies.iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

fn origin(peer: Option<Extension<PeerAddress>>) -> Origin {
    Origin { address: peer.map(|it| it.0.0.ip().to_string()).unwrap_or_default() }
}
