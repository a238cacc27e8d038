//! The door for other systems, and who comes through it.

use crate::support::{DOMAIN, PACS, STUDY, World, begin, slice};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use imaging::Systems;
use imaging::dicomweb::{Door, Web, for_systems};
use net::{PeerAddress, PeerCertificates};
use rendering::Renderer;
use sha2::Digest as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::consent::{self, NewConsent};
use store::peer::{self, NewPeer};
use store::{StoreError, person, source};
use testkit::CountingIds;
use tower::ServiceExt as _;
use worker::{PoolLimits, Program};

pub const SERIES: &str = "1.2.840.99999.1.1";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// A program of this machine, which is trusted.
    Here,
    /// Whoever shows this certificate.
    Peer(&'static str),
    /// Somebody elsewhere without a certificate.
    Elsewhere,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("json")
    }

    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).map(|one| one.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    }

    /// The bodies of the parts with the media type of each.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let content_type = soap::ContentType::parse(&self.header("content-type"));
        let mut splitter = soap::mtom::Splitter::new(&content_type).unwrap();
        splitter.push(&self.body);
        splitter.finish();
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        while let Some(event) = splitter.next_event().unwrap() {
            match event {
                soap::mtom::Event::Begin(head) => {
                    parts.push((head.content_type.unwrap_or_default(), Vec::new()));
                }
                soap::mtom::Event::Data(data) => parts.last_mut().unwrap().1.extend(data),
                soap::mtom::Event::End | soap::mtom::Event::Close => {}
            }
        }
        parts
    }
}

/// The door over an archive.
pub fn door(world: &World) -> Router {
    let door = Door::Systems(Systems { trust_loopback: true });
    let ids = Arc::new(CountingIds::new());
    let limits = PoolLimits {
        children: 1,
        queue: 1,
        job_time: Duration::from_secs(1),
        answer_bytes: 1 << 20,
    };
    // Frames as stored need no child, and no picture is asked for here.
    let nothing = Program { path: "/nowhere".into(), arguments: vec![], environment: vec![] };
    let web = Web::new(world.store().clone(), world.clock.clone(), ids, door)
        .storing(Arc::new(world.archive.clone()))
        .rendering(Arc::new(Renderer::new(nothing, limits)));
    for_systems(web)
}

pub async fn get(world: &World, path: &str) -> Answer {
    ask(world, From::Here, path, "").await
}

pub async fn ask(world: &World, from: From, path: &str, accept: &str) -> Answer {
    let mut request = Request::builder().uri(path).header("host", "centre.example.jp");
    if !accept.is_empty() {
        request = request.header("accept", accept);
    }
    send(world, from, request.body(Body::empty()).unwrap()).await
}

pub async fn post(
    world: &World,
    from: From,
    path: &str,
    content_type: &str,
    body: Vec<u8>,
) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path).header("host", "c");
    let request = request.header("content-type", content_type);
    send(world, from, request.body(Body::from(body)).unwrap()).await
}

pub async fn send(world: &World, from: From, mut request: Request<Body>) -> Answer {
    let address = match from {
        From::Here | From::Peer(_) => SocketAddr::from(([127, 0, 0, 1], 4242)),
        From::Elsewhere => SocketAddr::from(([192, 0, 2, 1], 4242)),
    };
    request.extensions_mut().insert(PeerAddress(address));
    if let From::Peer(name) = from {
        let chain = vec![name.as_bytes().to_vec()];
        request.extensions_mut().insert(PeerCertificates::of_chain(chain));
    }
    let answer = door(world).oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("a whole answer").to_bytes();
    Answer { status: head.status, headers: head.headers, body }
}

/// Three slices of Taro's study.
pub async fn fill(world: &World) {
    for number in 1..=3 {
        world.send(&slice(crate::support::TARO, number)).await.unwrap();
    }
}

/// Two peers: `open` of the other hospital, to which Taro's person has opened everything, and
/// `closed` of a clinic to which nobody has said anything; `sender` is the PACS' own gateway.
pub async fn peers(world: &World) {
    let store = world.store();
    let written = store.write(|tx| -> Result<(), StoreError> {
        let clinic = source::FacilityRow {
            id: 0,
            code: "1310000003".into(),
            name: "診療所".into(),
            short_name: "診".into(),
            facility_type: "clinic".into(),
            mark: 0,
        };
        let clinic_id = source::insert_facility(tx, &clinic, 0)?.unwrap();
        let hospital = source::facility_by_code(tx, "1310000001")?.unwrap();
        let other = source::facility_by_code(tx, "1310000002")?.unwrap();
        let pacs = source::source_by_name(tx, PACS)?.unwrap();
        let whose = [
            ("open", other.id, None),
            ("closed", clinic_id, None),
            ("sender", hospital.id, Some(pacs.id)),
            ("disabled", other.id, None),
        ];
        for (name, facility_id, source_id) in whose {
            let fingerprint =
                sha2::Sha256::digest(name.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
            let new = NewPeer {
                name: name.into(),
                facility_id,
                fingerprint,
                may_submit: source_id.is_some(),
                source_id,
                ..NewPeer::default()
            };
            let id = peer::insert(tx, &new, begin())?.unwrap();
            peer::set_disabled(tx, id, name == "disabled")?;
        }
        let identity = person::identity_by_local_id(tx, DOMAIN, crate::support::TARO)?.unwrap();
        let new = NewConsent {
            person_id: identity.person_id,
            discloser_facility_id: None,
            viewer_facility_id: other.id,
            categories: None,
            permit: true,
            from: begin(),
            until: None,
            basis: "test",
            actor: "test",
            now: begin(),
        };
        consent::insert(tx, &new)?;
        Ok(())
    });
    written.await.unwrap();
}

/// The address of a slice.
pub fn slice_path(number: i64) -> String {
    format!("/dicomweb/studies/{STUDY}/series/{SERIES}/instances/{SERIES}.{number}")
}
