//! A gateway in one process, its centre in another, certificates between them: the same facts
//! appear as within one process, repeating changes nothing, and who is not known gets nothing.

use crate::support;

use region::{Region, RegionPlan};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use support::Node;
use support::certified::{self, CertifiedPeer};
use support::server::Server;
use testkit::Authority;

#[test]
fn a_gateway_in_another_process_gives_the_same_documents_and_facts() {
    let region = region();
    let alone = node(&region);
    pull_all(&alone, &region);
    let authority = Authority::new();
    let centre = node(&region);
    let gateway = node(&region);
    authority.write(&gateway.path("centre"), "gateway", "gateway.example");
    let facility = &region.manifest.sources[0].facility_code;
    let certificate = gateway.path("centre/gateway.pem");
    let certificate = certificate.to_str().unwrap();
    centre.run(&[
        "peer",
        "add",
        "west",
        "--facility",
        facility,
        "--certificate",
        certificate,
        "--gateway",
    ]);
    certified::listen(&centre, &authority);
    let server = Server::start(&centre);
    let url = at(server.xds.unwrap());
    gateway.change(
        "centre",
        &[
            ("url = \"\"", &format!("url = \"{url}\"")),
            ("roots = \"\"", "roots = \"authority.pem\""),
            ("certificate = \"\"", "certificate = \"gateway.pem\""),
            ("key = \"\"", "key = \"gateway.key\""),
        ],
    );
    pull_all(&gateway, &region);
    let refused: Vec<Value> = gateway.quarantine().into_iter().take(3).collect();
    assert_eq!(refused, Vec::<Value>::new());
    let (expected, arrived) = (alone.stats(), centre.stats());
    for what in ["documents", "facts"] {
        assert_eq!(arrived[what], expected[what], "{what}");
        assert!(arrived[what].as_object().is_some_and(|counts| !counts.is_empty()), "{what}");
    }
    assert_ne!(gateway.stats()["documents"], expected["documents"]);
    pull_all(&gateway, &region);
    assert_eq!(centre.stats(), arrived);
    let messages = centre.run(&["peer", "messages", "west"]);
    assert!(messages.contains("ProvideAndRegisterDocumentSet-b"), "{messages}");
    for person in &region.truth.persons {
        for identity in &person.identities {
            assert!(!messages.contains(&identity.patient_id), "{}", identity.patient_id);
        }
    }
    contradiction(&gateway, &region);
    description(&gateway, server.xds.unwrap().port());
    checks(&centre, &gateway, &url);
    refusals(&centre, &gateway, &region);
}

/// The description names the address at which it was asked for: that of the TLS listener.
fn description(gateway: &Node, port: u16) {
    let peer = CertifiedPeer::new(&gateway.path("centre"), "gateway", port);
    for path in ["/xds/registry", "/xds/repository"] {
        let text = peer.get(&format!("{path}?wsdl"));
        let location = format!("location=\"https://localhost:{port}{path}\"");
        assert!(text.contains(&location), "{text}");
    }
}

/// The storage shows two results of one moment as valid: the gateway's operator learns of it.
fn contradiction(gateway: &Node, region: &Region) {
    let source = &region.manifest.sources[0];
    let directory = gateway.path("region");
    let file = source.roots.iter().find_map(|root| a_result(&directory.join(root)));
    let file = file.expect("a result");
    let name = file.file_name().unwrap().to_str().unwrap();
    let parts: Vec<&str> = name.split('_').collect();
    let [before @ .., _, flag] = parts.as_slice() else { panic!("{name}") };
    let rival = file.with_file_name(format!("{}_99_{flag}", before.join("_")));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend_from_slice(b"NTE|1||another\r");
    std::fs::write(rival, bytes).unwrap();
    pull_all(gateway, region);
    let reasons: Vec<Value> =
        gateway.quarantine().into_iter().map(|item| item["reason"].clone()).collect();
    assert_eq!(reasons, ["two-current"]);
}

/// A laboratory result below a directory that is valid and alone of its order.
fn a_result(directory: &Path) -> Option<std::path::PathBuf> {
    let mut waiting = vec![directory.to_owned()];
    let mut found = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let order = |path: &Path| name(path).split('_').take(4).map(str::to_owned).collect::<Vec<_>>();
    let valid = |path: &&std::path::PathBuf| {
        name(path).contains("_OML-11_")
            && name(path).ends_with("_1")
            && found.iter().filter(|other| order(other) == order(path)).count() == 1
    };
    found.iter().find(valid).cloned()
}

/// A disabled peer is a stranger from the next request on, until it is enabled; a removed one
/// for good.
fn refusals(centre: &Node, gateway: &Node, region: &Region) {
    let knows = || {
        let output = gateway.try_run(&["peer", "check", "centre"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.success(), !said.contains("fails at SOAP fault"), "{said}");
        output.status.success()
    };
    let denials = || {
        let store = store::Store::open(&store::StoreConfig::new(
            store::Database::Sqlite(centre.path("centre/state/musubi.db")),
            centre.path("centre/state/objects"),
        ));
        let rows = store.unwrap().read_blocking(|tx| store::audit::recent(tx, i64::MAX, 50));
        let denied = |row: &&store::audit::AuditEvent| row.action == "denied";
        rows.unwrap().iter().filter(denied).filter(|row| row.actor == "west").count()
    };
    assert!(knows());
    let before = denials();
    centre.run(&["peer", "disable", "west"]);
    assert!(!knows());
    assert_eq!(denials(), before + 2, "both addresses were asked");
    assert!(centre.run(&["peer", "list"]).contains("disabled"));
    let source = &region.manifest.sources[0].name;
    let output = gateway.try_run(&["pull", "--source", source]);
    assert_eq!(gateway.quarantine().len(), 1, "{output:?}: nothing new is refused for good");
    centre.run(&["peer", "enable", "west"]);
    assert!(knows());
    centre.run(&["peer", "remove", "west"]);
    assert!(!knows());
    assert_eq!(denials(), before + 2, "it is nobody now");
    assert!(!centre.run(&["peer", "list"]).contains("west"));
    assert!(!centre.try_run(&["peer", "enable", "west"]).status.success());
    assert!(!centre.try_run(&["peer", "messages", "west"]).status.success());
}

/// `peer check` from the gateway's side, layer by layer.
fn checks(centre: &Node, gateway: &Node, url: &str) {
    gateway.change(
        "xds",
        &[
            ("certificate = \"\"", "certificate = \"gateway.pem\""),
            ("key = \"\"", "key = \"gateway.key\""),
        ],
    );
    let roots = centre.path("centre/authority.pem");
    let facility = "1310000099";
    gateway.run(&["facility", "add", facility, "共同センター"]);
    let add = |name: &str, url: &str, roots: &Path| {
        let registry = format!("{url}/xds/registry");
        let repository = format!("{url}/xds/repository");
        let roots = roots.to_str().unwrap();
        gateway.run(&[
            "peer",
            "add",
            name,
            "--facility",
            facility,
            "--roots",
            roots,
            "--registry",
            &registry,
            "--repository",
            &repository,
        ]);
    };
    add("centre", url, &roots);
    let said = gateway.run(&["peer", "check", "centre"]);
    assert!(said.contains("answers (Success)"), "{said}");
    assert!(said.contains("answers (XDSUnknownRepositoryId)"), "{said}");
    let fails_at = |name: &str| {
        let output = gateway.try_run(&["peer", "check", name]);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        let (_, after) = said.split_once("fails at ").unwrap();
        after.split_once(':').unwrap().0.to_owned()
    };
    let strange = Authority::new();
    strange.write(&gateway.path("centre"), "strange", "strange.example");
    std::fs::copy(gateway.path("centre/authority.pem"), gateway.path("strange.pem")).unwrap();
    add("other-roots", url, &gateway.path("strange.pem"));
    assert_eq!(fails_at("other-roots"), "certificate");
    add("nobody", "https://localhost:1", &roots);
    assert_eq!(fails_at("nobody"), "TCP");
    add("plain", "http://192.0.2.1:80", &roots);
    assert_eq!(fails_at("plain"), "TLS");
}

fn region() -> Region {
    let plan = RegionPlan { patients: 3, bystanders: 1, ..RegionPlan::new(7, 20_261_120) };
    let mut region = region::generate(&plan).expect("region");
    // One gateway stands in one hospital.
    region.manifest.sources.truncate(1);
    region
}

/// A node that knows the region's facilities, its source, and who is enrolled.
fn node(region: &Region) -> Node {
    let node = Node::empty();
    let directory = node.path("region");
    region.write(&directory).expect("written");
    for facility in &region.manifest.facilities {
        let kind = ["--type", &facility.facility_type];
        node.run(&[&["facility", "add", &facility.code, &facility.name][..], &kind].concat());
    }
    for source in &region.manifest.sources {
        let below = |path: &str| directory.join(path).to_str().expect("utf-8").to_owned();
        let roots: Vec<String> = source.roots.iter().map(|root| below(root)).collect();
        let mut add = vec!["source", "add", &source.name, "--facility", &source.facility_code];
        let extended = below(&source.extended_root);
        add.extend(["--kind", "ssmix2", "--domain", &source.domain_oid]);
        add.extend(["--extended-root", &extended, "--root"]);
        add.extend(roots.iter().map(String::as_str));
        node.run(&add);
        node.run(&["enrol", "--source", &source.name, "--list", &below(&source.enrolment)]);
    }
    node.change("intake", &[("follow = true", "follow = false")]);
    node
}

fn pull_all(node: &Node, region: &Region) {
    for source in &region.manifest.sources {
        node.run(&["pull", "--source", &source.name]);
    }
}

fn at(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}
