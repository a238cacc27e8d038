//! Feeds, queries and notifications in HL7 v2 on both engines, without sockets.

use crate::common;

use bytes::Bytes;
use common::{CENTRAL, NOW, PREFECTURAL, Region};
use identity::v2::{FeedPeer, Manager, Settings};
use identity::{Consumer, MergeOutcome, MergeRefusal, MergeRequest};
use mllp::{Handler, Peer};
use model::hl7::AssigningAuthority;
use net::{ClientConfig, Dialer};
use std::sync::Arc;
use store::{audit, job, merged_identity, person};
use testkit::{CountingIds, ManualClock, TestStore, for_each_engine};

/// A manager over a region: the central hospital's sender and one that feeds both.
struct Centre<'a> {
    region: Region<'a>,
    manager: Manager,
    runtime: tokio::runtime::Runtime,
}

impl<'a> Centre<'a> {
    fn new(store: &'a TestStore) -> Centre<'a> {
        let region = Region::new(store);
        let settings = Settings {
            application: "MUSUBI".into(),
            facility: "REGION".into(),
            affinity: authority("COMMUNITY", "1.2.392.9"),
            domains: vec![authority("CENTRAL", CENTRAL), authority("PREF", PREFECTURAL)],
            peers: vec![
                peer("central", "ADT", &[CENTRAL]),
                peer("both", "BOTH", &[CENTRAL, PREFECTURAL]),
                FeedPeer {
                    viewer_facility_id: Some(region.facilities[2]),
                    ..peer("clinic", "CLINIC", &[])
                },
            ],
            trust_loopback: true,
        };
        let manager = Manager::new(
            store.store(),
            Arc::new(ManualClock::new(NOW)),
            Arc::new(CountingIds::new()),
            Arc::new(settings),
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let consumer = Consumer {
            name: "his".into(),
            address: "mllp://127.0.0.1:1".into(),
            dialer: Dialer::new(ClientConfig::default()).unwrap(),
            application: String::new(),
            facility: String::new(),
            domains: vec![],
        };
        runtime.block_on(manager.prepare(&[consumer])).unwrap();
        Centre { region, manager, runtime }
    }

    fn send(&self, message: &str) -> String {
        let peer = Peer { address: "127.0.0.1:1".parse().unwrap(), certificates: None };
        let message = Bytes::copy_from_slice(message.as_bytes());
        let answer = self.runtime.block_on(self.manager.answer(message, &peer)).unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn fed(&self, event: &str, application: &str, id: &str, rest: &str) {
        let answer = self.send(&adt(event, application, &format!("{event}-{id}"), rest));
        assert!(answer.contains("MSA|AA|"), "{answer}");
    }

    fn identity(&self, local_id: &str) -> person::Identity {
        let local_id = local_id.to_owned();
        let found =
            self.region.run(move |tx, _| Ok(person::identity_by_local_id(tx, CENTRAL, &local_id)?));
        found.unwrap().unwrap()
    }

    fn merge(&self, survivor: &str, subsumed: &str) -> MergeOutcome {
        let request = MergeRequest {
            survivor: self.identity(survivor).id,
            subsumed: self.identity(subsumed).id,
            sent: "20300101000000".into(),
            actor: "central".into(),
            now: NOW,
            evidence: serde_json::json!({}),
        };
        self.region.run(move |tx, _| identity::merge(tx, &request)).unwrap()
    }
}

fn authority(namespace: &str, oid: &str) -> AssigningAuthority {
    AssigningAuthority { namespace: namespace.into(), oid: oid.into() }
}

fn peer(name: &str, application: &str, feeds: &[&str]) -> FeedPeer {
    FeedPeer {
        name: name.into(),
        application: application.into(),
        feeds: feeds.iter().map(|oid| (*oid).to_owned()).collect(),
        may_query: true,
        ..FeedPeer::default()
    }
}

fn adt(event: &str, application: &str, control_id: &str, rest: &str) -> String {
    format!(
        "MSH|^~\\&|{application}|F|||20260101||ADT^{event}|{control_id}|P|2.3.1\rEVN||2026\r{rest}\r"
    )
}

fn patient(ids: &str) -> String {
    format!("PID|||{ids}||山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P||19570612|F")
}

fn query(application: &str, kind: &str, rest: &str) -> String {
    format!(
        "MSH|^~\\&|{application}|F|||20260101||QBP^{kind}^QBP_Q21|q|P|2.5||||||UNICODE UTF-8\r\
         QPD|IHE Query|T|{rest}\rRCP|I|1^RD\r"
    )
}

#[test]
fn both_engines_answer_alike() {
    let asked = |kind: &str, rest: &str| query("ADT", kind, rest);
    let messages = [
        adt("A04", "ADT", "1", &patient("1^^^CENTRAL")),
        adt("A04", "BOTH", "2", &patient("2^^^CENTRAL~9^^^PREF")),
        adt("A08", "ADT", "3", &patient("1^^^CENTRAL").replace("花子", "花")),
        adt("A40", "ADT", "4", &format!("{}\rMRG|2^^^CENTRAL", patient("1^^^CENTRAL"))),
        adt("A40", "ADT", "5", &format!("{}\rMRG|1^^^CENTRAL", patient("2^^^CENTRAL"))),
        asked("Q23", "1^^^CENTRAL"),
        asked("Q23", "2^^^CENTRAL"),
        asked("Q23", "1^^^CENTRAL|^^^NOWHERE~^^^PREF"),
        asked("Q22", "@PID.5.1.1^山田"),
        asked("Q22", "@PID.7^1957~@PID.5.2^ﾊﾅｺ|||||^^^PREF"),
    ];
    let answers: Vec<Vec<String>> = [TestStore::sqlite(), TestStore::postgres()]
        .iter()
        .map(|store| {
            let centre = Centre::new(store);
            messages.iter().map(|message| centre.send(message)).collect()
        })
        .collect();
    assert_eq!(answers[0], answers[1]);
    let codes: Vec<&str> = answers[0]
        .iter()
        .map(|answer| answer.split("\rMSA|").nth(1).unwrap().split('|').next().unwrap())
        .collect();
    assert_eq!(codes, ["AA", "AA", "AA", "AA", "AE", "AA", "AE", "AE", "AA", "AA"]);
}

#[test]
fn a_merge_joins_persons_is_an_event_and_is_taken_back_whole() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("A04", "ADT", "1", &patient("1^^^CENTRAL"));
        centre.fed("A04", "BOTH", "2", &patient("2^^^CENTRAL~9^^^PREF"));
        let (first, second) = (centre.identity("1"), centre.identity("2"));
        assert_ne!(first.person_id, second.person_id);
        assert_eq!(centre.merge("1", "2"), MergeOutcome::Merged);
        let owners = |person_id: i64| {
            let found =
                centre.region.run(move |tx, _| Ok(person::identities_of_person(tx, person_id)?));
            found.unwrap().into_iter().map(|identity| identity.local_id).collect::<Vec<_>>()
        };
        assert_eq!(owners(first.person_id), ["1", "2", "9"], "the other hospital's goes along");
        assert_eq!(centre.identity("2").id, second.id, "the identity stays, with its documents");
        assert_eq!(centre.merge("1", "2"), MergeOutcome::Unchanged);
        assert_eq!(centre.merge("1", "1"), MergeOutcome::Refused(MergeRefusal::Itself));
        assert_eq!(centre.merge("2", "1"), MergeOutcome::Refused(MergeRefusal::Circle));
        let taken_back = centre.region.run(move |tx, ids| {
            let evidence = serde_json::json!({});
            identity::unmerge(tx, ids, second.id, ("nakamura", NOW), &evidence)
        });
        assert!(taken_back.unwrap());
        assert_eq!(owners(first.person_id), ["1"]);
        assert_eq!(owners(second.person_id), ["2", "9"]);
        let (left, kinds) = centre
            .region
            .run(move |tx, _| {
                let left = merged_identity::of_identities(tx, &[second.id])?;
                let events = person::events_of_identity(tx, second.id)?;
                Ok((left, events.into_iter().map(|event| event.kind.name()).collect::<Vec<_>>()))
            })
            .unwrap();
        assert!(left.is_empty());
        assert_eq!(kinds, ["created", "linked", "merged", "unlinked", "unmerged"]);
    });
}

#[test]
fn a_merge_whose_link_a_human_takes_back_is_gone_with_it() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        for id in ["1", "2"] {
            centre.fed("A04", "ADT", id, &patient(&format!("{id}^^^CENTRAL")));
        }
        assert_eq!(centre.merge("1", "2"), MergeOutcome::Merged);
        let subsumed = centre.identity("2").id;
        let left = centre.region.run(move |tx, ids| {
            let merged = merged_identity::of_identities(tx, &[subsumed])?;
            let request = identity::UnlinkRequest {
                event_id: merged[0].link_event_id.unwrap(),
                actor: "nakamura".into(),
                now: NOW,
                evidence: serde_json::json!({}),
            };
            identity::unlink(tx, ids, &request)?;
            Ok(merged_identity::of_identities(tx, &[subsumed])?.len())
        });
        assert_eq!(left.unwrap(), 0, "an ID of a person of its own names somebody again");
    });
}

#[test]
fn what_is_to_be_told_waits_once_for_each_person() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("A04", "ADT", "1", &patient("1^^^CENTRAL"));
        centre.fed("A04", "BOTH", "2", &patient("2^^^CENTRAL~9^^^PREF"));
        assert_eq!(centre.merge("1", "2"), MergeOutcome::Merged);
        let waiting = centre.region.run(|tx, _| Ok(job::waiting(tx, 100)?)).unwrap();
        let kinds: Vec<&str> = waiting.iter().map(|line| line.kind.as_str()).collect();
        let mut keys: Vec<i64> = waiting.iter().map(|line| line.key.parse().unwrap()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(kinds, vec!["iti-10:his"; kinds.len()]);
        assert_eq!(keys.len(), kinds.len(), "one job for a person, however often it changed");
        assert!(keys.contains(&centre.identity("1").person_id));
    });
}

#[test]
fn who_sees_as_a_facility_is_answered_about_whom_consent_opens_to_it() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("A04", "BOTH", "1", &patient("1^^^CENTRAL~9^^^PREF"));
        let asked = || {
            let by_name = centre.send(&query("CLINIC", "Q22", "@PID.5.1.1^山田"));
            let by_id = centre.send(&query("CLINIC", "Q23", "1^^^CENTRAL"));
            [by_name, by_id].map(|answer| answer.matches("\rPID|").count())
        };
        assert_eq!(asked(), [0, 0], "being fed opens nothing");
        centre.region.enrol(PREFECTURAL, "9");
        assert_eq!(asked(), [1, 1]);
        let by_id = centre.send(&query("CLINIC", "Q23", "1^^^CENTRAL"));
        assert!(by_id.contains("9^^^PREF&"), "{by_id}");
        let by_partner = centre.send(&query("CLINIC", "Q23", "9^^^PREF"));
        assert!(!by_partner.contains("1^^^CENTRAL&"), "that one is not enrolled: {by_partner}");
    });
}

#[test]
fn every_message_leaves_an_audit_row_of_who_sent_it() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("A04", "ADT", "1", &patient("1^^^CENTRAL"));
        centre.send(&adt("A04", "ADT", "2", &patient("1^^^PREF")));
        centre.send(&query("ADT", "Q23", "1^^^CENTRAL"));
        centre.send(&query("NOBODY", "Q23", "1^^^CENTRAL"));
        let rows = centre.region.run(|tx, _| Ok(audit::recent(tx, i64::MAX, 10)?)).unwrap();
        let rows: Vec<(&str, &str, i64)> = rows
            .iter()
            .rev()
            .map(|row| (row.action.as_str(), row.actor.as_str(), row.outcome))
            .collect();
        let expected = [
            ("patient-feed", "central", 0),
            ("patient-feed", "central", 4),
            ("search", "central", 0),
            ("denied", "mllp:unknown", 4),
        ];
        assert_eq!(rows, expected);
    });
}
