//! curl with certificates: a peer is who its certificate says.

use super::centre::{curl, patient, serve};
use crate::support::Node;
use testkit::Authority;

#[test]
fn a_peer_is_known_by_its_certificate_and_a_stranger_is_told_nothing() {
    let node = Node::new();
    let authority = Authority::new();
    let centre = node.path("centre");
    let place = |name: String| centre.join(name).to_str().unwrap().to_owned();
    std::fs::write(centre.join("roots.pem"), authority.pem()).unwrap();
    let roots = place("roots.pem".to_owned());
    let signed = |name: &str| {
        authority.write(&centre, name, name);
        (place(format!("{name}.pem")), place(format!("{name}.key")))
    };
    signed("localhost");
    let (hospital, clinic, stranger) = (signed("hospital"), signed("clinic"), signed("stranger"));
    let server = serve(
        &node,
        "certificate = \"localhost.pem\"\nkey = \"localhost.key\"\nclient_roots = \"roots.pem\"\n\
         systems = [{ oid = \"1.2.392.9.101\", uri = \"http://a.example.jp\" }]",
        r#"peers = [
            { name = "hospital", certificate = "hospital.pem", feeds = ["1.2.392.9.101"] },
            { name = "clinic", certificate = "clinic.pem", may_query = true },
        ]"#,
    );
    let port = server.fhir.unwrap().port();
    let base = format!("https://localhost:{port}/fhir");
    let resolve = format!("localhost:{port}:127.0.0.1");
    let ask = |who: &(String, String), path: &str, more: &[&str]| {
        let url = format!("{base}/{path}");
        let own = ["--cacert", &roots, "--cert", &who.0, "--key", &who.1, "--resolve", &resolve];
        curl(&[&own[..], more, &[&url]].concat())
    };
    let body = patient("http://a.example.jp", "1", "");
    let put =
        ["--request", "PUT", "--header", "content-type: application/fhir+json", "--data", &body];
    let feed = "Patient?identifier=http%3A%2F%2Fa.example.jp%7C1";
    assert_eq!(ask(&clinic, feed, &put).0, "403");
    assert_eq!(ask(&hospital, feed, &put).0, "201");
    let (status, found) = ask(&clinic, "Patient?identifier=urn:oid:1.2.392.9.101%7C1", &[]);
    assert_eq!(status, "200", "{found}");
    assert!(
        found.contains("\"family\":\"山田\"") && found.contains("http://a.example.jp"),
        "{found}"
    );
    let (status, told) = ask(&hospital, "Patient?identifier=1", &[]);
    assert!(status == "403" && told.contains("\"code\":\"forbidden\""), "{told}");
    let (status, told) = ask(&stranger, feed, &put);
    assert!(status == "403" && told.contains("not known here") && !told.contains("山田"), "{told}");
    let nobody = curl(&["--cacert", &roots, "--resolve", &resolve, &format!("{base}/metadata")]);
    assert_ne!(nobody.0, "200", "{}", nobody.1);
}
