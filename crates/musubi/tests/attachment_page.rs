//! From the hospital's folder to the doctor's page: what a hospital keeps beside a document of
//! its extended storage is pulled by the binary and stands on the served page.

use crate::support;

use serde_json::Value;
use support::Node;
use support::browser::Browser;
use support::server::Server;

const PATIENT: &str = "1234567";

/// A node that has pulled a document with one attachment out of an extended storage.
pub fn extended(picture: &[u8]) -> Node {
    let node = Node::new();
    let kind = "L1^退院時サマリー^99Z^18842-5^退院時サマリー^LN";
    let name = format!("{PATIENT}_20240102_L1_77_20240102120000000_01_1");
    let folder = node.path(&format!("ext/123/456/{PATIENT}/20240102/{kind}/{name}"));
    std::fs::create_dir_all(folder.join("image")).unwrap();
    std::fs::create_dir(node.path("std")).unwrap();
    std::fs::write(node.path("std/readme"), "a storage that is not empty").unwrap();
    std::fs::write(folder.join("main_document.html"), "<html>退院しました</html>").unwrap();
    std::fs::write(folder.join("image/a.png"), picture).unwrap();
    let (standard, extended) = (node.path("std"), node.path("ext"));
    let roots = [standard.to_str().unwrap(), extended.to_str().unwrap()];
    let mut add = vec!["source", "add", "main", "--facility", "1310000001", "--kind", "ssmix2"];
    add.extend(["--root", roots[0], "--extended-root", roots[1], "--domain", "1.2.392.99.7"]);
    node.run(&add);
    node.run(&["enrol", "--source", "main", "--patient", PATIENT, "--viewer", "1310000002"]);
    node.pull();
    node
}

/// The first address with a beginning on a page.
fn link<'a>(page: &'a str, beginning: &str) -> &'a str {
    let from = page.find(&format!("href=\"{beginning}")).unwrap_or_else(|| panic!("{page}")) + 6;
    page[from..].split('"').next().unwrap()
}

#[test]
fn an_attachment_of_the_extended_storage_stands_on_the_page() {
    let picture = b"\x89PNG what the picture shows";
    let node = extended(picture);
    let add = ["user", "add", "sato", "--name", "佐藤 恵", "--facility", "1310000002", "--json"];
    let account: Value = serde_json::from_str(&node.run(&add)).unwrap();
    let server = Server::start(&node);
    let mut doctor = Browser::new(&server);
    let secret = account["totp_secret"].as_str().unwrap();
    let code = || node.run(&["user", "code", secret]).trim().to_owned();
    doctor.sign_in("sato", account["password"].as_str().unwrap(), code);
    let found = doctor.get(&format!("/patients?q={PATIENT}")).text();
    let person = link(&found, "/p/").to_owned();
    let list = doctor.get(&format!("{person}/docs?all=1")).text();
    let page = link(&list, &format!("{person}/docs/"));
    let document = doctor.get(page).text();
    assert!(document.contains("退院しました"), "{document}");
    let from = document.find("id=\"attachments\"").expect("a list of attachments");
    let attached = &document[from..];
    assert!(attached[..attached.find("</section>").unwrap()].contains("a.png"), "{attached}");
    let address = link(attached, &format!("{person}/docs/")).to_owned();
    assert_ne!(address, page);
    assert_eq!(doctor.get(&address).status, 200);
    let kept = doctor.get(&format!("{address}/bytes"));
    assert_eq!((kept.status, kept.body.as_slice()), (200, picture.as_slice()));
}
