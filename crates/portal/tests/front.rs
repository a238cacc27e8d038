//! Behind a front that speaks TLS: the browser's origin is the public address, whatever `Host`
//! the front sends on.

use crate::fixture::{Answer, Fixture, PASSWORD};

use axum::body::Body;
use http::{Request, StatusCode, header};
use portal::{PortalConfig, Site};
use tower::ServiceExt;

const PUBLIC: &str = "https://records.example.jp";

async fn fronted() -> Fixture {
    let site = Site::public(PUBLIC).unwrap();
    let config =
        PortalConfig { site, region: "みなと医療ネット".into(), ..PortalConfig::default() };
    Fixture::with(None, config).await
}

async fn send(fixture: &Fixture, request: http::request::Builder, body: String) -> Answer {
    let request = request
        .header(header::HOST, "127.0.0.1:8470")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    Answer::of(fixture.router.clone().oneshot(request).await.unwrap()).await
}

fn cookie(answer: &Answer, name: &str) -> String {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    let line = lines.map(|line| line.to_str().unwrap()).find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("no cookie {name}")).to_owned()
}

fn hidden_token(body: &str) -> String {
    let at = body.split("name=\"token\" value=\"").nth(1).unwrap();
    at.split('"').next().unwrap().to_owned()
}

async fn password(fixture: &Fixture, origin: &str) -> Answer {
    let form = send(fixture, Request::get("/sign-in"), String::new()).await;
    let line = cookie(&form, "__Host-musubi-sign-in=");
    assert!(line.contains("; Secure") && line.contains("HttpOnly"), "{line}");
    let sent = line.split(';').next().unwrap();
    let body = format!(
        "token={}&login=sato&password={}",
        hidden_token(&form.body),
        PASSWORD.replace(' ', "+")
    );
    let request =
        Request::post("/sign-in").header(header::COOKIE, sent).header(header::ORIGIN, origin);
    send(fixture, request, body).await
}

#[tokio::test]
async fn the_public_address_signs_in_with_cookies_of_tls() {
    let fixture = fronted().await;
    let answer = password(&fixture, PUBLIC).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let session = cookie(&answer, "__Host-musubi-session=");
    assert!(session.contains("; Secure") && session.contains("SameSite=Strict"), "{session}");
    for origin in ["http://127.0.0.1:8470", "https://127.0.0.1:8470", "http://records.example.jp"] {
        let answer = password(&fixture, origin).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{origin}");
    }
}

#[tokio::test]
async fn the_regions_name_stands_on_every_page() {
    let fixture = fronted().await;
    let sign_in = send(&fixture, Request::get("/sign-in"), String::new()).await;
    assert!(sign_in.body.contains("みなと医療ネット"));
    for path in ["/".to_owned(), format!("/p/{}", fixture.person), "/p/999".to_owned()] {
        let session = format!("__Host-musubi-session={}", fixture.token.to_cookie());
        let request = Request::get(&path).header(header::COOKIE, session);
        let answer = send(&fixture, request, String::new()).await;
        assert!(answer.body.contains("<small>みなと医療ネット</small>"), "{path}");
    }
}
