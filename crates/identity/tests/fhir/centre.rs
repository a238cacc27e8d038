//! A centre that is asked by FHIR, and what was said.

use crate::common::{CENTRAL, CLINIC, NOW, PREFECTURAL, Region};
use axum::body::Body;
use fhir::Endpoint;
use http_body_util::BodyExt;
use identity::ConsentRequest;
use identity::r4::{PatientService, Systems};
use identity::v2::{FeedPeer, Manager, Settings};
use model::hl7::AssigningAuthority;
use net::PeerAddress;
use serde_json::Value;
use std::sync::Arc;
use testkit::{CountingIds, ManualClock, TestStore};

/// Domain of community IDs.
pub const AFFINITY: &str = "1.2.392.9";
/// The address by which FHIR may name the prefectural hospital's domain.
pub const ALIAS: &str = "http://pref.example.jp/patients";

pub struct Centre<'a> {
    pub region: Region<'a>,
    store: &'a TestStore,
    ids: Arc<CountingIds>,
    runtime: tokio::runtime::Runtime,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub version: String,
    pub location: String,
    pub text: String,
}

impl<'a> Centre<'a> {
    pub fn new(store: &'a TestStore) -> Centre<'a> {
        let region = Region::new(store);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let centre = Centre { region, store, ids: Arc::new(CountingIds::new()), runtime };
        let clock = Arc::new(ManualClock::new(NOW));
        let settings = Arc::new(centre.settings("central"));
        let manager = Manager::new(store.store(), clock, centre.ids.clone(), settings);
        centre.runtime.block_on(manager.prepare(&[])).unwrap();
        centre
    }

    /// The settings in which one peer is known, the one who asks.
    fn settings(&self, peer: &str) -> Settings {
        let feeds = |oids: &[&str]| oids.iter().map(|oid| (*oid).to_owned()).collect();
        let known = FeedPeer { name: peer.into(), may_query: true, ..FeedPeer::default() };
        let peer = match peer {
            "central" => FeedPeer { feeds: feeds(&[CENTRAL]), ..known },
            "pref" => FeedPeer { feeds: feeds(&[PREFECTURAL]), may_query: false, ..known },
            "both" => FeedPeer { feeds: feeds(&[CENTRAL, PREFECTURAL]), enrols: true, ..known },
            "clinic" => FeedPeer { viewer_facility_id: Some(self.region.facilities[2]), ..known },
            "consumer" => known,
            _ => FeedPeer { may_query: false, fingerprint: "other".into(), ..known },
        };
        let authority = |namespace: &str, oid: &str| AssigningAuthority {
            namespace: namespace.into(),
            oid: oid.into(),
        };
        Settings {
            application: "MUSUBI".into(),
            facility: "REGION".into(),
            affinity: authority("COMMUNITY", AFFINITY),
            domains: vec![authority("CENTRAL", CENTRAL), authority("PREF", PREFECTURAL)],
            peers: vec![peer],
            trust_loopback: true,
        }
    }

    /// Sends a request as a peer.
    pub fn send(&self, peer: &str, head: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, path) = head.split_once(' ').unwrap();
        let service = PatientService::new(
            self.store.store(),
            Arc::new(ManualClock::new(NOW)),
            self.ids.clone(),
            Arc::new(self.settings(peer)),
            Systems { aliases: vec![(PREFECTURAL.into(), ALIAS.into())] },
        );
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("/fhir/{}", path.replace('|', "%7C")))
            .header("content-type", "application/fhir+json")
            .extension(PeerAddress("127.0.0.1:1".parse().unwrap()));
        for (name, value) in headers {
            request.headers_mut().unwrap().insert(
                http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let endpoint = Endpoint::new(service, "http://musubi.example");
            let response = endpoint.handle("/fhir", request).await;
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
            };
            let (status, version) = (response.status().as_u16(), header("etag"));
            let location = header("location");
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Answer { status, version, location, text }
        })
    }

    pub fn get(&self, peer: &str, path: &str) -> Answer {
        self.send(peer, &format!("GET {path}"), &[], "")
    }

    pub fn put(&self, peer: &str, id: &str, body: &str) -> Answer {
        self.send(peer, &format!("PUT Patient?identifier={id}"), &[], body)
    }

    /// Feeds a patient, which must be taken; gives its ID here.
    pub fn fed(&self, peer: &str, id: &str, rest: &str) -> String {
        let answer = self.put(peer, id, &patient(id, rest));
        assert!(matches!(answer.status, 200 | 201), "{} {}", answer.status, answer.text);
        answer.location.rsplit('/').next().unwrap().to_owned()
    }

    /// Somebody consents that the clinic sees what a hospital has.
    pub fn consents(&self, community_id: &str) {
        let request = ConsentRequest {
            person: community_id.parse().unwrap(),
            permit: true,
            discloser: None,
            viewer: CLINIC.into(),
            categories: None,
            from: NOW,
            until: None,
            actor: "nakamura".into(),
            now: NOW,
            basis: "form 3".into(),
        };
        self.region.run(move |tx, _| identity::record_consent(tx, &request)).unwrap();
    }

    /// A request and its answer, for a fixture.
    pub fn told(&self, peer: &str, head: &str, body: &str) -> String {
        let answer = self.send(peer, head, &[], body);
        let sent = if body.is_empty() { String::new() } else { format!("\n{body}") };
        format!("> {peer}: {head}{sent}\n{}\n", answer.shown())
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Status and code of the first issue.
    pub fn refusal(&self) -> String {
        let issue = &self.json()["issue"][0];
        let text = |name: &str| issue[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}: {}", self.status, text("code"), text("diagnostics"))
    }

    /// IDs of the patients of a bundle.
    pub fn patients(&self) -> Vec<String> {
        let entries = self.json()["entry"].as_array().cloned().unwrap_or_default();
        let patients = entries.iter().filter(|one| one["search"]["mode"] == "match");
        patients.map(|one| one["resource"]["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The address of a link of a bundle.
    pub fn link(&self, relation: &str) -> Option<String> {
        let links = self.json()["link"].as_array().cloned().unwrap_or_default();
        let found = links.into_iter().find(|one| one["relation"] == relation)?;
        Some(found["url"].as_str().unwrap().to_owned())
    }

    fn shown(&self) -> String {
        let mut lines = vec![format!("< {}", self.status)];
        let headers = [("etag", &self.version), ("location", &self.location)];
        let present = headers.iter().filter(|(_, value)| !value.is_empty());
        lines.extend(present.map(|(name, value)| format!("< {name}: {value}")));
        if !self.text.is_empty() {
            lines.push(match serde_json::from_str::<Value>(&self.text) {
                Ok(value) => serde_json::to_string_pretty(&value).unwrap(),
                Err(_) => self.text.replace("><", ">\n<"),
            });
        }
        lines.join("\n")
    }
}

/// A Patient with an identifier `system|value`, and further elements.
pub fn patient(id: &str, rest: &str) -> String {
    let (system, value) = id.split_once('|').unwrap();
    let comma = if rest.is_empty() { "" } else { "," };
    format!(
        r#"{{"resourceType":"Patient","identifier":[{{"system":"{system}","value":"{value}"}}]{comma}{rest}}}"#
    )
}

/// Elements of a woman of a name, with its reading.
pub fn woman(family: &str, given: &str, kana: (&str, &str)) -> String {
    let extension = |code: &str| {
        format!(
            r#"[{{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"{code}"}}]"#
        )
    };
    let name = |code: &str, family: &str, given: &str| {
        format!(r#"{{"extension":{},"family":"{family}","given":["{given}"]}}"#, extension(code))
    };
    format!(
        r#""name":[{},{}],"gender":"female","birthDate":"1957-06-12","telecom":[{{"system":"phone","value":"03-1234-5678"}}],"address":[{{"text":"東京都中央区築地5-1-1","postalCode":"104-0045"}}]"#,
        name("IDE", family, given),
        name("SYL", kana.0, kana.1)
    )
}

/// 山田花子.
pub fn hanako() -> String {
    woman("山田", "花子", ("ヤマダ", "ハナコ"))
}
