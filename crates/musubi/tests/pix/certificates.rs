//! Peers by certificate, each with its own rights; and `peer check`, which asks another centre.

use super::centre::{Centre, HANAKO, HOSPITAL_A, HOSPITAL_B, configure, envelope, ii, record};
use crate::support::Node;
use crate::support::server::Server;
use axum::body::Body;
use http_body_util::BodyExt as _;
use testkit::{Authority, Issued};

#[test]
fn a_peer_feeds_the_domains_that_it_has_the_right_to() {
    let node = Node::new();
    let authority = Authority::new();
    std::fs::write(node.path("centre/roots.pem"), authority.pem()).unwrap();
    authority.write(&node.path("centre"), "localhost", "localhost");
    configure(&node, "peers = [{ name = \"west\", feeds = [\"1.2.392.9.101\"] }]\nconsumers = []");
    let path = node.path("centre/musubi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, xds) = text.split_once("[xds]\n").unwrap();
    let xds = xds
        .replacen("\nlisten = \"\"", "\nlisten = \"127.0.0.1:0\"", 1)
        .replacen("\ncertificate = \"\"", "\ncertificate = \"localhost.pem\"", 1)
        .replacen("\nkey = \"\"", "\nkey = \"localhost.key\"", 1)
        .replacen("\nclient_roots = \"\"", "\nclient_roots = \"roots.pem\"", 1);
    std::fs::write(&path, format!("{before}[xds]\n{xds}")).unwrap();
    let shown: [Issued; 3] = ["west", "east", "stranger"].map(|name| authority.issue(name));
    for (name, issued) in ["west", "east"].into_iter().zip(&shown) {
        let place = node.path(&format!("centre/{name}.pem"));
        std::fs::write(place, &issued.certificate_pem).unwrap();
        let certificate = node.path(&format!("centre/{name}.pem"));
        let certificate = certificate.to_str().unwrap();
        let facility = ["--facility", "1310000001", "--certificate", certificate];
        node.run(&[&["peer", "add", name], &facility[..]].concat());
    }
    let server = Server::start(&node);
    let url = format!("https://localhost:{}/pix/manager", server.xds.unwrap().port());
    let add = "PRPA_IN201301UV02";
    let send = |who: usize, domain: &str, id: &str| {
        let config = net::ClientConfig {
            root_pem: Some(authority.pem()),
            identity: Some(shown[who].identity()),
            ..net::ClientConfig::default()
        };
        let message = record(add, id, (&ii(domain, "1"), HANAKO), "");
        let body = envelope(&format!("urn:hl7-org:v3:{add}"), &message);
        let request = http::Request::post(&url).header("content-type", "application/soap+xml");
        let request = request.body(Body::from(body)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let answer = net::Client::new(config).unwrap().send(request).await.unwrap();
            let status = answer.status().as_u16();
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            (status, String::from_utf8(bytes.to_vec()).unwrap())
        })
    };
    let said = |(status, text): (u16, String), code: &str| {
        assert_eq!(status, 200, "{text}");
        assert!(text.contains(&format!("<typeCode code=\"{code}\"/>")), "{text}");
    };
    said(send(0, HOSPITAL_A, "1"), "CA");
    said(send(0, HOSPITAL_B, "2"), "CE");
    // A peer without rights here, and a certificate that no peer has.
    said(send(1, HOSPITAL_A, "3"), "CR");
    assert_eq!(send(2, HOSPITAL_A, "4").0, 403);
    node.run(&["peer", "disable", "west"]);
    assert_eq!(send(0, HOSPITAL_A, "5").0, 403);
    let messages = node.run(&["peer", "messages", "west"]);
    assert!(messages.contains("PRPA_IN201301UV02"), "{messages}");
    assert!(!messages.contains("山田") && !messages.contains("19570612"), "{messages}");
}

#[test]
fn a_check_asks_every_address_of_another_centre_and_changes_nothing() {
    let other = Centre::start();
    let asking = Node::new();
    let url = format!("http://{}", other.server.address);
    configure(
        &asking,
        &format!(
            "device = \"1.2.392.77.1\"\n\
             peers = [{{ name = \"other\", device = \"1.2.392.9.4\", \
             manager = \"{url}/pix/manager\", supplier = \"{url}/pdq/supplier\" }}, \
             {{ name = \"gone\", device = \"1.2.3\", manager = \"http://127.0.0.1:1/\" }}]\n\
             consumers = [{{ name = \"his\", url = \"{url}/pix/manager\", \
             device = \"1.2.392.9.4\" }}]"
        ),
    );
    let said = asking.run(&["peer", "check", "other"]);
    assert!(said.contains("pix manager") && said.contains("demographics supplier"), "{said}");
    assert_eq!(said.matches("answers (A").count(), 2, "{said}");
    let told = asking.run(&["peer", "check", "his"]);
    assert!(told.contains("consumer") && told.contains("answers (CE, SYN101"), "{told}");
    let output = asking.try_run(&["peer", "check", "gone"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && said.contains("fails at TCP"), "{said}");
    assert!(asking.refused(&["peer", "check", "nobody"]).contains("no peer nobody"));
}
