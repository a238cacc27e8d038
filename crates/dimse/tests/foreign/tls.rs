//! DICOM over TLS (PS3.15 B.9): DCMTK's client at our server, our client at DCMTK's server.

use super::{Foreign, command, connect, free_port, missing, run, succeeds};
use crate::archive::{Archive, body, outgoing, slice, start_with, storing};
use dimse::{Peer, Status};
use net::{ClientConfig, Dialer, Security, TlsServer};
use testkit::Authority;

#[tokio::test]
async fn dcmtk_and_we_know_each_other_by_certificates() {
    if missing("storescp") {
        return;
    }
    let (authority, stranger) = (Authority::new(), Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    stranger.write(folder.path(), "stranger", "pacs.example");
    authority.write(folder.path(), "pacs", "localhost");
    let tls = TlsServer::new(authority.identity("localhost").0, Some(&authority.pem())).unwrap();
    let archive = Archive::default();
    let running = start_with(archive.clone(), Security::Tls(tls), |server| server).await;
    let port = running.address.port().to_string();
    let echo = |key: &str, certificate: &str| {
        let shown = (path(key), path(certificate), path("authority.pem"));
        command(
            "echoscu",
            &["+tls", &shown.0, &shown.1, "+cf", &shown.2, "-aec", "MUSUBI", "127.0.0.1", &port],
        )
    };
    succeeds(echo("pacs.key", "pacs.pem")).await;
    assert_eq!(archive.0.certificates.lock().unwrap().len(), 1, "the service saw it");
    assert!(!run(echo("stranger.key", "stranger.pem")).await.status.success());
    let plain = command("echoscu", &["-aec", "MUSUBI", "127.0.0.1", &port]);
    assert!(!run(plain).await.status.success());

    let theirs = free_port();
    let files = tempfile::tempdir().unwrap();
    let mut server = command("storescp", &["+tls", &path("pacs.key"), &path("pacs.pem"), "+cf"]);
    server.arg(path("authority.pem")).arg("-od").arg(files.path()).arg(theirs.to_string());
    let _server = Foreign::start(&mut server);
    let config = ClientConfig {
        root_pem: Some(authority.pem()),
        identity: Some(authority.identity("musubi.example").0),
        ..ClientConfig::default()
    };
    let peer =
        Peer { address: format!("dicoms://localhost:{theirs}"), ..super::peer("STORESCP", theirs) };
    let mut client = connect(&Dialer::new(config).unwrap(), &peer, &storing()).await;
    let kept = slice(1, 600_000);
    let status = client.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
    assert_eq!(status, Status::SUCCESS);
    client.release().await.unwrap();
    assert_eq!(std::fs::read_dir(files.path()).unwrap().count(), 1);
}
