//! Feeds, queries and notifications in HL7 v3 on both engines, without sockets.

use crate::common;

use axum::body::Body;
use common::{CENTRAL, NOW, PREFECTURAL, Region};
use hl7v3::{
    CandidatesQuery, IdentifiersQuery, InstanceId, Interaction, NameQuery, Outgoing, PatientRecord,
    QueryContinuation, read_outcome,
};
use http_body_util::BodyExt;
use identity::v2::Settings;
use identity::v3::{Manager, Peer, Seen, V3Settings};
use identity::{V3Consumer, V3Notifier};
use model::demographics::{Demographics, PersonName};
use model::hl7::AssigningAuthority;
use net::ClientConfig;
use ports::Caller;
use soap::{Client, Endpoint, Fault, Request, Response, Service};
use std::sync::Arc;
use store::{audit, job, person};
use testkit::{CountingIds, ManualClock, TestStore, for_each_engine};
use xml::Document;

const DEVICE: &str = "1.2.392.9.4";
const AFFINITY: &str = "1.2.392.9";
const HOSPITAL: &str = "1.2.392.77.1";
const BOTH: &str = "1.2.392.77.2";
const CLINIC: &str = "1.2.392.77.3";

/// What stands behind an address: the manager, asked by a program of this machine.
struct Desk(Arc<Manager>);

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        const ACTIONS: [&str; 7] = [
            Interaction::RecordAdded.action(),
            Interaction::RecordRevised.action(),
            Interaction::DuplicatesResolved.action(),
            Interaction::GetIdentifiers.action(),
            Interaction::FindCandidates.action(),
            Interaction::Continue.action(),
            Interaction::Cancel.action(),
        ];
        &ACTIONS
    }

    async fn admit(&self, _: &soap::Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), request: Request<'_>) -> Result<Response, Fault> {
        self.0.respond(&Caller::Trusted, request).await
    }
}

/// A manager over a region: the central hospital's device, one that feeds both, one that asks.
struct Centre<'a> {
    region: Region<'a>,
    endpoint: Endpoint<Desk>,
    notifier: V3Notifier,
    consumer: V3Consumer,
    runtime: tokio::runtime::Runtime,
}

impl<'a> Centre<'a> {
    fn new(store: &'a TestStore) -> Centre<'a> {
        let region = Region::new(store);
        let identity = Arc::new(Settings {
            affinity: authority("COMMUNITY", AFFINITY),
            domains: vec![authority("CENTRAL", CENTRAL), authority("PREF", PREFECTURAL)],
            ..Settings::default()
        });
        let settings = V3Settings {
            device: DEVICE.into(),
            identity: identity.clone(),
            peers: vec![
                peer("central", HOSPITAL, &[CENTRAL]),
                peer("both", BOTH, &[CENTRAL, PREFECTURAL]),
                Peer { seen: Seen::Facility(region.facilities[2]), ..peer("clinic", CLINIC, &[]) },
            ],
        };
        let (clock, ids) = (Arc::new(ManualClock::new(NOW)), Arc::new(CountingIds::new()));
        let manager = Manager::new(store.store(), clock.clone(), ids.clone(), Arc::new(settings));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(manager.prepare()).unwrap();
        let http = net::Client::new(ClientConfig::default()).unwrap();
        let consumer = V3Consumer {
            name: "his".into(),
            url: "http://127.0.0.1:1/".into(),
            client: Client::new(http, ids.clone()),
            device: "1.2.392.77.9".into(),
            domains: vec![],
        };
        let parts = (store.store(), clock as Arc<_>, ids.clone() as Arc<_>);
        let notifier = V3Notifier::new(parts, identity, DEVICE.into(), vec![consumer.clone()]);
        runtime.block_on(notifier.prepare()).unwrap();
        let endpoint = Endpoint::new(Desk(Arc::new(manager)), ids);
        Centre { region, endpoint, notifier, consumer, runtime }
    }

    /// The element of the answer's body.
    fn send(&self, interaction: Interaction, message: &[u8]) -> String {
        let message = std::str::from_utf8(message).unwrap();
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action>{}</a:Action>\
             </s:Header><s:Body>{message}</s:Body></s:Envelope>",
            interaction.action()
        );
        let request = http::Request::builder()
            .method("POST")
            .header("content-type", "application/soap+xml")
            .body(Body::from(envelope))
            .unwrap();
        let bytes = self.runtime.block_on(async {
            let answer = self.endpoint.handle(request).await;
            answer.into_body().collect().await.unwrap().to_bytes()
        });
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (_, body) = text.split_once("<env:Body>").unwrap();
        body.split_once("</env:Body>").unwrap().0.to_owned()
    }

    fn feed(
        &self,
        interaction: Interaction,
        from: &str,
        id: &str,
        record: &PatientRecord,
    ) -> String {
        let message = hl7v3::record(&outgoing(from, id), interaction, record, from);
        said(&self.send(interaction, &message))
    }

    fn add(&self, from: &str, id: &str, ids: Vec<InstanceId>) -> String {
        let record = PatientRecord { ids, demographics: hanako(), ..PatientRecord::default() };
        self.feed(Interaction::RecordAdded, from, id, &record)
    }

    fn merge(&self, id: &str, survivor: &str, subsumed: &str) -> String {
        let record = PatientRecord {
            ids: vec![ii(CENTRAL, survivor)],
            prior_ids: vec![ii(CENTRAL, subsumed)],
            ..PatientRecord::default()
        };
        self.feed(Interaction::DuplicatesResolved, HOSPITAL, id, &record)
    }

    fn identifiers(&self, from: &str, patient: InstanceId, sources: Vec<InstanceId>) -> String {
        let query =
            IdentifiersQuery { id: ii(from, "q"), patients: vec![patient], data_sources: sources };
        self.send(
            Interaction::GetIdentifiers,
            &hl7v3::ask_identifiers(&outgoing(from, "q"), &query),
        )
    }

    fn candidates(&self, from: &str, query: &CandidatesQuery) -> String {
        self.send(Interaction::FindCandidates, &hl7v3::ask_candidates(&outgoing(from, "q"), query))
    }

    fn more(&self, from: &str, more: &QueryContinuation) -> String {
        let answered = ii(DEVICE, "a");
        self.send(Interaction::Continue, &hl7v3::ask_more(&outgoing(from, "c"), more, &answered))
    }
}

fn authority(namespace: &str, oid: &str) -> AssigningAuthority {
    AssigningAuthority { namespace: namespace.into(), oid: oid.into() }
}

fn peer(name: &str, device: &str, feeds: &[&str]) -> Peer {
    Peer {
        name: name.into(),
        device: device.into(),
        feeds: feeds.iter().map(|oid| (*oid).to_owned()).collect(),
        may_query: true,
        ..Peer::default()
    }
}

fn ii(root: &str, extension: &str) -> InstanceId {
    InstanceId { root: root.into(), extension: extension.into(), ..InstanceId::default() }
}

fn outgoing(from: &str, id: &str) -> Outgoing {
    Outgoing {
        id: ii(from, id),
        created: "20260101120000+0900".into(),
        processing_code: "P".into(),
        sender: from.into(),
        receiver: InstanceId::of_root(DEVICE),
    }
}

fn hanako() -> Demographics {
    let name =
        |family: &str, given: &str| PersonName { family: family.into(), given: given.into() };
    Demographics {
        name: name("山田", "花子"),
        kana: name("ヤマダ", "ハナコ"),
        birth: model::PartialTime::japan("19570612").ok(),
        sex: "F".into(),
        ..Demographics::default()
    }
}

/// Acknowledgement, answer to the query, codes with their places.
fn said(body: &str) -> String {
    let document = Document::parse(body).unwrap();
    let outcome = read_outcome(document.root());
    let details = outcome.details.iter().map(|one| format!(" {} {}", one.code, one.location));
    format!("{} {}{}", outcome.code, outcome.query_response, details.collect::<String>())
}

/// `extension@root` of every `id` within `patient`, in order.
fn patient_ids(body: &str) -> Vec<String> {
    let document = Document::parse(body).unwrap();
    let (mut waiting, mut ids) = (vec![document.root()], Vec::new());
    while let Some(element) = waiting.pop() {
        if element.name() == "patient" {
            for id in element.children_named("urn:hl7-org:v3", "id") {
                let part = |name| id.attribute(name).unwrap_or_default();
                ids.push(format!("{}@{}", part("extension"), part("root")));
            }
        }
        waiting.extend(element.children().collect::<Vec<_>>().into_iter().rev());
    }
    ids
}

fn of_birth_year() -> CandidatesQuery {
    CandidatesQuery {
        id: ii(HOSPITAL, "pages"),
        initial_quantity: Some(2),
        birth: Some(("1957".into(), "1957".into())),
        scopes: vec![ii(CENTRAL, "")],
        ..CandidatesQuery::default()
    }
}

#[test]
fn a_feed_is_answered_as_the_framework_says() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        assert_eq!(centre.add(HOSPITAL, "1", vec![ii(CENTRAL, "1")]), "CA ");
        assert_eq!(centre.add(HOSPITAL, "1", vec![ii(CENTRAL, "1")]), "CA ", "repeated");
        let id = "//registrationEvent/subject1/patient/id";
        let unknown = centre.add(HOSPITAL, "2", vec![ii(CENTRAL, "1"), ii("1.9.9", "1")]);
        assert_eq!(unknown, format!("CE  204 {id}[2]"));
        let foreign = centre.add(HOSPITAL, "3", vec![ii(PREFECTURAL, "1")]);
        assert_eq!(foreign, format!("CE  204 {id}[1]"));
        assert_eq!(centre.add(HOSPITAL, "4", vec![]), format!("CE  SYN101 {id}[1]"));
        let nobody = PatientRecord { ids: vec![ii(CENTRAL, "1")], ..PatientRecord::default() };
        let nameless = centre.feed(Interaction::RecordAdded, HOSPITAL, "5", &nobody);
        let name = "//registrationEvent/subject1/patient/patientPerson/name";
        assert_eq!(nameless, format!("CE  SYN101 {name}"));
        assert_eq!(
            centre.add("1.2.3", "6", vec![ii(CENTRAL, "1")]),
            "CR  INTERR /*/sender/device/id"
        );
        let many = (0..101).map(|number| ii(CENTRAL, &number.to_string())).collect();
        assert_eq!(centre.add(HOSPITAL, "7", many), format!("CE  SYN102 {id}[1]"));
        let found =
            centre.region.run(|tx, _| Ok(person::identity_by_local_id(tx, CENTRAL, "100")?));
        assert_eq!(found.unwrap(), None, "nothing of a refused message is kept");
    });
}

#[test]
fn another_receiver_is_told_and_nothing_is_applied() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let wrong = Outgoing { receiver: InstanceId::of_root("1.2.3"), ..outgoing(HOSPITAL, "w") };
        let record = PatientRecord {
            ids: vec![ii(CENTRAL, "1")],
            demographics: hanako(),
            ..PatientRecord::default()
        };
        let message = hl7v3::record(&wrong, Interaction::RecordAdded, &record, HOSPITAL);
        let answer = centre.send(Interaction::RecordAdded, &message);
        assert_eq!(said(&answer), "CE  RTWDEST /*/receiver/device/id");
        assert!(answer.contains("extension=\"w\""), "{answer}");
        let found = centre.region.run(|tx, _| Ok(person::identity_by_local_id(tx, CENTRAL, "1")?));
        assert_eq!(found.unwrap(), None);
    });
}

#[test]
fn merges_that_cannot_be_are_refused_and_change_nothing() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        for (message, id) in [("1", "1"), ("2", "2"), ("3", "3")] {
            assert_eq!(centre.add(HOSPITAL, message, vec![ii(CENTRAL, id)]), "CA ");
        }
        let at = "//replacementOf/priorRegistration/subject1/priorRegisteredRole/id[1]";
        assert_eq!(centre.merge("4", "1", "1"), format!("CE  204 {at}"), "itself");
        assert_eq!(centre.merge("5", "1", "2"), "CA ");
        assert_eq!(centre.merge("6", "2", "1"), format!("CE  204 {at}"), "a circle");
        assert_eq!(centre.merge("7", "3", "2"), format!("CE  204 {at}"), "merged elsewhere");
        assert_eq!(centre.merge("8", "3", "1"), "CA ");
        // Of somebody who comes later only: both are made, and merged.
        assert_eq!(centre.merge("9", "11", "12"), "CA ");
        let value = "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList\
                     /patientIdentifier/value";
        for gone in ["1", "2", "12"] {
            let answer = centre.identifiers(HOSPITAL, ii(CENTRAL, gone), vec![]);
            assert_eq!(said(&answer), format!("AE AE 204 {value}"));
        }
        let kept = centre.region.run(|tx, _| Ok(person::identity_by_local_id(tx, CENTRAL, "3")?));
        let kept = kept.unwrap().unwrap();
        assert_eq!(kept.demographics.name.full(), "山田 花子", "a merge takes no name away");
        let none = PatientRecord { ids: vec![ii(CENTRAL, "3")], ..PatientRecord::default() };
        let answer = centre.feed(Interaction::DuplicatesResolved, HOSPITAL, "10", &none);
        assert_eq!(answer, format!("CE  SYN101 {at}"));
    });
}

#[test]
fn the_six_cases_of_a_query_for_ids() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.add(BOTH, "1", vec![ii(CENTRAL, "1"), ii(PREFECTURAL, "9"), ii(PREFECTURAL, "8")]);
        let of = |ids: Vec<InstanceId>| centre.identifiers(HOSPITAL, ii(CENTRAL, "1"), ids);
        let path = "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList";
        let one = of(vec![ii(PREFECTURAL, "")]);
        assert_eq!(said(&one), "AA OK");
        assert_eq!(patient_ids(&one), [format!("9@{PREFECTURAL}"), format!("8@{PREFECTURAL}")]);
        assert!(one.contains("<name nullFlavor=\"NA\"/>"), "{one}");
        let all = of(vec![]);
        assert_eq!(patient_ids(&all).len(), 3, "the community ID too, not the asked one");
        assert!(all.contains("<queryId root=\"1.2.392.77.1\" extension=\"q\"/>"), "{all}");
        assert_eq!(said(&of(vec![ii(CENTRAL, "")])), "AA NF");
        let unknown = of(vec![ii("1.9.1", ""), ii(PREFECTURAL, ""), ii("1.9.2", "")]);
        let at = |number: u32| format!("204 {path}/dataSource[{number}]/value");
        assert_eq!(said(&unknown), format!("AE AE {} {}", at(1), at(3)));
        assert_eq!(patient_ids(&unknown), Vec::<String>::new());
        for nobody in [ii(CENTRAL, "404"), ii("1.9.1", "1")] {
            let answer = centre.identifiers(HOSPITAL, nobody, vec![]);
            assert_eq!(said(&answer), format!("AE AE 204 {path}/patientIdentifier/value"));
            assert!(answer.contains("<patientIdentifier>"), "{answer}");
        }
        let many = vec![ii(PREFECTURAL, ""); 257];
        assert_eq!(said(&of(many)), format!("AE AE SYN102 {path}/dataSource[1]/value"));
    });
}

#[test]
fn an_answer_goes_on_from_any_record_and_ends_when_it_is_told_to() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        for number in 1..=5 {
            let (message, id) = (format!("m{number}"), format!("{number}"));
            assert_eq!(centre.add(HOSPITAL, &message, vec![ii(CENTRAL, &id)]), "CA ");
        }
        let ids = |numbers: &[u32]| -> Vec<String> {
            numbers.iter().map(|number| format!("{number}@{CENTRAL}")).collect()
        };
        let quantities = |body: &str, total: u32, current: u32, remaining: u32| {
            for (name, count) in [("Total", total), ("Current", current), ("Remaining", remaining)]
            {
                let wanted = format!("<result{name}Quantity value=\"{count}\"/>");
                assert!(body.contains(&wanted), "{wanted} in {body}");
            }
        };
        let first = centre.candidates(HOSPITAL, &of_birth_year());
        assert_eq!((said(&first).as_str(), patient_ids(&first)), ("AA OK", ids(&[1, 2])));
        quantities(&first, 5, 2, 3);
        let asked = |start, quantity, is_cancelled| QueryContinuation {
            query_id: ii(HOSPITAL, "pages"),
            start,
            quantity,
            is_cancelled,
        };
        let next = centre.more(HOSPITAL, &asked(None, None, false));
        assert_eq!(patient_ids(&next), ids(&[3, 4]));
        quantities(&next, 5, 2, 1);
        assert!(
            next.contains("<initialQuantity value=\"2\"/>"),
            "the question is repeated: {next}"
        );
        let again = centre.more(HOSPITAL, &asked(Some(2), Some(3), false));
        assert_eq!(patient_ids(&again), ids(&[2, 3, 4]));
        let rest = centre.more(HOSPITAL, &asked(None, None, false));
        assert_eq!(patient_ids(&rest), ids(&[5]));
        quantities(&rest, 5, 1, 0);
        let place = "/QUQI_IN000003UV01/controlActProcess/queryContinuation/queryId";
        let unknown = format!("AE AE 204 {place}");
        assert_eq!(said(&centre.more(BOTH, &asked(None, None, false))), unknown, "another's");
        let ended = centre.more(HOSPITAL, &asked(None, None, true));
        assert!(ended.starts_with("<MCCI_IN000002UV01"), "{ended}");
        assert_eq!(said(&ended), "CA ");
        assert_eq!(said(&centre.more(HOSPITAL, &asked(None, None, false))), unknown);
    });
}

#[test]
fn candidates_fit_all_that_is_asked() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.add(BOTH, "1", vec![ii(CENTRAL, "1"), ii(PREFECTURAL, "9")]);
        centre.add(HOSPITAL, "2", vec![ii(CENTRAL, "2")]);
        let name = |family: &str, given: &str, is_search| NameQuery {
            name: PersonName { family: family.into(), given: given.into() },
            is_search,
        };
        let found = |query: CandidatesQuery| {
            let query = CandidatesQuery { id: ii(HOSPITAL, "f"), ..query };
            let answer = centre.candidates(HOSPITAL, &query);
            (said(&answer), patient_ids(&answer).len())
        };
        let named = |names: Vec<NameQuery>| CandidatesQuery {
            names,
            scopes: vec![ii(CENTRAL, "")],
            ..CandidatesQuery::default()
        };
        assert_eq!(found(named(vec![name("山田", "花子", false)])), ("AA OK".into(), 2));
        assert_eq!(found(named(vec![name("ヤマ", "", true)])).1, 2);
        assert_eq!(found(named(vec![name("ヤマ", "", false)])), ("AA NF".into(), 0));
        let both = vec![name("山田", "", false), name("ヤマダ", "ハナ", true)];
        assert_eq!(found(named(both)).1, 2, "every name fits one of theirs");
        let ids = |ids: Vec<InstanceId>| CandidatesQuery {
            subject_ids: ids,
            scopes: vec![ii(PREFECTURAL, "")],
            ..CandidatesQuery::default()
        };
        assert_eq!(found(ids(vec![ii(CENTRAL, "1"), ii(PREFECTURAL, "9")])).1, 1);
        assert_eq!(found(ids(vec![ii(CENTRAL, "1"), ii(PREFECTURAL, "7")])).1, 0);
        let path = "/PRPA_IN201305UV02/controlActProcess/queryByParameter/parameterList";
        assert_eq!(found(CandidatesQuery::default()).0, format!("AE AE SYN101 {path}"));
        let unknown = found(ids(vec![ii(CENTRAL, "1"), ii("1.9", "1")])).0;
        assert_eq!(unknown, format!("AE AE 204 {path}/livingSubjectId[2]/value"));
        let scoped = CandidatesQuery {
            scopes: vec![ii(CENTRAL, ""), ii("1.9", "")],
            ..named(vec![name("山田", "", false)])
        };
        let place = format!("{path}/otherIDsScopingOrganization[2]/value");
        assert_eq!(found(scoped).0, format!("AE AE 204 {place}"));
        let open_end = CandidatesQuery {
            birth: Some(("1950".into(), String::new())),
            ..CandidatesQuery::default()
        };
        assert_eq!(found(open_end).0, "AA OK");
        let without = CandidatesQuery {
            id: ii(HOSPITAL, "w"),
            subject_ids: vec![ii(CENTRAL, "1")],
            scopes: vec![ii(CENTRAL, ""), ii(AFFINITY, ""), ii(PREFECTURAL, "")],
            ..CandidatesQuery::default()
        };
        let answer = centre.candidates(HOSPITAL, &without);
        assert_eq!(patient_ids(&answer).len(), 3);
        let lacking = CandidatesQuery { subject_ids: vec![ii(CENTRAL, "2")], ..without };
        let answer = centre.candidates(HOSPITAL, &lacking);
        assert_eq!(patient_ids(&answer).len(), 2, "{answer}");
        let null = format!(
            "<id nullFlavor=\"NI\"/><scopingOrganization classCode=\"ORG\" \
                            determinerCode=\"INSTANCE\"><id root=\"{PREFECTURAL}\"/>"
        );
        assert!(answer.contains(&null), "{answer}");
    });
}

#[test]
fn whoever_sees_as_a_facility_sees_what_consent_opens_to_it() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.region.patient(CENTRAL, "1", hanako());
        centre.add(HOSPITAL, "2", vec![ii(CENTRAL, "2")]);
        let seen = |from: &str| patient_ids(&centre.candidates(from, &of_birth_year()));
        assert_eq!(seen(HOSPITAL), [format!("1@{CENTRAL}"), format!("2@{CENTRAL}")]);
        assert_eq!(seen(CLINIC), [format!("1@{CENTRAL}")], "the other one has not enrolled");
        assert_eq!(said(&centre.identifiers(CLINIC, ii(CENTRAL, "2"), vec![])), "AA NF");
        assert_eq!(centre.add(CLINIC, "9", vec![ii(CENTRAL, "3")]).split(' ').next(), Some("CE"));
    });
}

#[test]
fn a_change_waits_for_its_consumer_and_every_message_is_recorded() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        assert_eq!(centre.add(BOTH, "1", vec![ii(CENTRAL, "1"), ii(PREFECTURAL, "9")]), "CA ");
        assert_eq!(centre.add(HOSPITAL, "2", vec![]).split(' ').next(), Some("CE"));
        let waiting = centre.region.run(|tx, _| Ok(job::waiting(tx, 100)?)).unwrap();
        let kinds: Vec<&str> = waiting.iter().map(|line| line.kind.as_str()).collect();
        assert_eq!(kinds, vec!["iti-10:v3:his"; kinds.len()]);
        assert!(!kinds.is_empty());
        // Nobody listens there: the change waits, and says why.
        let told = centre.runtime.block_on(centre.notifier.turn(&centre.consumer)).unwrap();
        assert_eq!(told, 0);
        let waiting = centre.region.run(|tx, _| Ok(job::waiting(tx, 100)?)).unwrap();
        assert!(waiting.iter().any(|line| line.last_error.contains("not reached")), "{waiting:?}");
        let rows = centre.region.run(|tx, _| Ok(audit::recent(tx, i64::MAX, 10)?)).unwrap();
        assert!(rows.iter().any(|row| row.detail.contains("PRPA_IN201301UV02")), "{rows:?}");
    });
}
