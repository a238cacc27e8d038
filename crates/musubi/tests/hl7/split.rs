//! A wrong link and its end over the whole product: the doctor's pages, ITI-18, ITI-10 and the
//! history, on two hospitals' storages; and the same where a hospital's own message says so.

use super::centre::{Sender, configure, frame};
use super::notification::Consumer;
use crate::support::Node;
use crate::support::browser::Browser;
use crate::support::server::Server;
use std::fs;

const FIRST: &str = "1.2.392.100495.20.3.51.11310000001";
const SECOND: &str = "1.2.392.100495.20.3.51.21310000001";
/// The patient of the first storage and the one of the second, with the days of their results.
const TARO: (&str, &str, &str) = ("first", "0000000001", "20240115");
const JIRO: (&str, &str, &str) = ("second", "7700000098", "20240320");

/// Two storages of one patient each, who are two people; both may be seen by the clinic.
struct Region {
    node: Node,
    server: Server,
    consumer: Consumer,
    account: serde_json::Value,
}

fn put(node: &Node, (storage, patient, day): (&str, &str, &str), name: &str, birth: &str) {
    let (one, two) = (&patient[..3], &patient[3..6]);
    let write = |folder: &str, file: &str, message: String| {
        let folder = node.path(&format!("{storage}/{one}/{two}/{patient}/{folder}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), message).unwrap();
    };
    let pid = format!("PID|1||{patient}^^^^PI||{name}^^^^^L^I||{birth}|M");
    let head = |kind: &str| {
        format!("MSH|^~\\&|EHR|H|GW|C|{day}090000||{kind}|1|P|2.5||||||UNICODE UTF-8\r")
    };
    write(
        "-/ADT-00",
        &format!("{patient}_-_ADT-00_999999999999999_{day}090000000_-_1"),
        format!("{}EVN||{day}\r{pid}\rPV1|1|O\r", head("ADT^A08^ADT_A01")),
    );
    write(
        &format!("{day}/OML-11"),
        &format!("{patient}_{day}_OML-11_000000000000001_{day}090000000_01_1"),
        format!(
            "{}{pid}\rSPM|1|||023^血清^JC10|||||||||||||{day}\r\
             OBR|1|000000000000001||LAB^検体検査^99Z\r\
             ORC|SC|000000000000001||||||||||110^医師^一郎^^^^^^^L^^^^^I|||||01^内科^99Z01\r\
             OBX|1|NM|3A010000002327101^総蛋白^JC10||7.1|g/dL|||||F\r",
            head("OUL^R22^OUL_R22")
        ),
    );
}

impl Region {
    fn start() -> Region {
        let node = Node::with_sources();
        let consumer = Consumer::new();
        let peers = format!(
            "peers = [{{ name = \"hospital\", application = \"HIS\", feeds = [\"{FIRST}\", \"{SECOND}\"] }}]"
        );
        let consumers = consumer.configured(&format!("\"{FIRST}\", \"{SECOND}\""));
        configure(&node, &format!("trust_loopback = true\n{peers}\nconsumers = [{consumers}]"));
        let path = node.path("centre/musubi.toml");
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("trust_loopback = false", "trust_loopback = true");
        // The test says when a source is read.
        fs::write(&path, text.replace("follow = true", "follow = false")).unwrap();
        let add =
            ["user", "add", "sato", "--name", "佐藤 恵", "--facility", "1310000002", "--json"];
        let account = node.json(&add);
        let server = Server::start(&node);
        let mut region = Region { node, server, consumer, account };
        for (who, name, birth) in [(TARO, "山田^太郎", "19480312"), (JIRO, "鈴木^次郎", "19620705")]
        {
            put(&region.node, who, name, birth);
            let enrol = ["enrol", "--source", who.0, "--patient", who.1, "--viewer", "1310000002"];
            region.node.run(&enrol);
            region.node.run(&["pull", "--source", who.0]);
            region.consumer.until(&[in_domain(who)]);
        }
        region
    }

    fn community_id(&self, who: (&str, &str, &str)) -> String {
        let record = format!("{}:{}", who.0, who.1);
        let shown = self.node.json(&["identity", "show", &record, "--json"]);
        shown["community_id"].as_str().unwrap().to_owned()
    }

    /// The days of the results on the timeline of whoever has an ID.
    fn timeline(doctor: &mut Browser<'_>, who: (&str, &str, &str)) -> Vec<&'static str> {
        let found = doctor.get(&format!("/patients?q={}", who.1)).text();
        let from = found.find("href=\"/p/").unwrap_or_else(|| panic!("{found}")) + 6;
        let person = found[from..].split('"').next().unwrap().to_owned();
        let page = doctor.get(&person).text();
        assert!(page.contains("<table"), "{page}");
        let on = |day: &str| {
            let (year, month, date) = (&day[..4], &day[4..6], &day[6..]);
            page.contains(day)
                || ["/", "-"].iter().any(|by| page.contains(&[year, month, date].join(by)))
        };
        let days = [TARO.2, JIRO.2].into_iter();
        days.filter(|day| on(day)).collect()
    }

    /// How many results ITI-18 finds under a community ID.
    fn found(&self, community_id: &str) -> usize {
        let body = format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
             xmlns:a='http://www.w3.org/2005/08/addressing'><s:Header>\
             <a:Action s:mustUnderstand='1'>urn:ihe:iti:2007:RegistryStoredQuery</a:Action>\
             <a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body>\
             <q:AdhocQueryRequest xmlns:q='urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0' \
             xmlns:r='urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'>\
             <q:ResponseOption returnType='LeafClass' returnComposedObjects='true'/>\
             <r:AdhocQuery id='urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d'>\
             <r:Slot name='$XDSDocumentEntryPatientId'><r:ValueList><r:Value>\
             '{community_id}^^^&amp;1.2.392.9.1&amp;ISO'</r:Value></r:ValueList></r:Slot>\
             <r:Slot name='$XDSDocumentEntryStatus'><r:ValueList><r:Value>\
             ('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')</r:Value></r:ValueList>\
             </r:Slot></r:AdhocQuery></q:AdhocQueryRequest></s:Body></s:Envelope>"
        );
        let answer = self.server.post("/xds/registry", body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = answer.text();
        assert!(text.contains("ResponseStatusType:Success"), "{text}");
        text.matches("ExtrinsicObject ").count()
    }

    fn history(&self) -> Vec<String> {
        let record = format!("{}:{}", JIRO.0, JIRO.1);
        let told = self.node.json(&["identity", "history", &record, "--json"]);
        let events = told["events"].as_array().unwrap().iter();
        events.map(|event| event["what"].as_str().unwrap().to_owned()).collect()
    }

    /// Both timelines and the registry show each patient's own, and nothing else.
    fn assert_apart(&self, doctor: &mut Browser<'_>, documents: (usize, usize)) {
        assert_eq!(Region::timeline(doctor, TARO), [TARO.2]);
        assert_eq!(Region::timeline(doctor, JIRO), [JIRO.2]);
        let (taro, jiro) = (self.community_id(TARO), self.community_id(JIRO));
        assert_ne!(taro, jiro);
        assert_eq!((self.found(&taro), self.found(&jiro)), documents);
    }
}

/// A doctor of the clinic; a code of the second factor is good once.
fn signed_in<'a>(node: &Node, server: &'a Server, account: &serde_json::Value) -> Browser<'a> {
    let mut doctor = Browser::new(server);
    let secret = account["totp_secret"].as_str().unwrap();
    let code = || node.run(&["user", "code", secret]).trim().to_owned();
    doctor.sign_in("sato", account["password"].as_str().unwrap(), code);
    doctor
}

fn in_domain(who: (&str, &str, &str)) -> String {
    format!("{}@{}", who.1, if who.0 == "first" { FIRST } else { SECOND })
}

#[test]
fn a_wrong_link_is_split_over_the_whole_product_at_once() {
    let mut region = Region::start();
    let mut doctor = signed_in(&region.node, &region.server, &region.account);
    let (taro, jiro) = (region.community_id(TARO), region.community_id(JIRO));
    let documents = (region.found(&taro), region.found(&jiro));
    assert_eq!(documents, (2, 2), "basic data and a result each");
    region.assert_apart(&mut doctor, documents);

    let jiros = format!("{}:{}", JIRO.0, JIRO.1);
    let link = ["identity", "link", &jiros, "--same-as", "first:0000000001", "--reason", "mistake"];
    region.node.run(&[&link[..], &["--despite-differences"]].concat());
    region.consumer.until(&[in_domain(TARO), in_domain(JIRO)]);
    assert_eq!(Region::timeline(&mut doctor, TARO), [TARO.2, JIRO.2], "mixed");
    assert_eq!(Region::timeline(&mut doctor, JIRO), [TARO.2, JIRO.2], "mixed");
    assert_eq!((region.found(&taro), region.found(&jiro)), (4, 4), "one person under both IDs");

    region.node.run(&["identity", "split", &jiros, "--reason", "two people"]);
    region.assert_apart(&mut doctor, documents);
    assert_eq!((region.community_id(TARO), region.community_id(JIRO)), (taro, jiro), "as before");
    let mut told = [region.consumer.told("AA").patients(), region.consumer.told("AA").patients()];
    told.sort();
    assert_eq!(told, [vec![vec![in_domain(TARO)]], vec![vec![in_domain(JIRO)]]], "both sides");
    assert_eq!(region.history(), ["created", "enrolled", "linked", "unlinked"]);
}

#[test]
fn a_hospitals_own_unlink_parts_its_patients_over_the_whole_product() {
    let mut region = Region::start();
    let mut doctor = signed_in(&region.node, &region.server, &region.account);
    let documents = (2, 2);
    let pair = |event: &str, control_id: &str| {
        let pid = |who: (&str, &str, &str), oid: &str| format!("PID|||{}^^^&{oid}&ISO||", who.1);
        format!(
            "MSH|^~\\&|HIS|F|||20260101||ADT^{event}|{control_id}|P|2.5\rEVN||2026\r{}\r{}\r",
            pid(TARO, FIRST),
            pid(JIRO, SECOND)
        )
    };
    let mut sender = Sender::connect(region.server.hl7.unwrap());
    sender.write(&frame(pair("A24^ADT_A24", "l").as_bytes()));
    assert_eq!(sender.answer().unwrap().code(), "AA");
    region.consumer.until(&[in_domain(TARO), in_domain(JIRO)]);
    assert_eq!(Region::timeline(&mut doctor, JIRO), [TARO.2, JIRO.2], "mixed");
    assert_eq!(sender.send(&pair("A37^ADT_A37", "u")).code(), "AA");
    region.assert_apart(&mut doctor, documents);
    let mut told = [region.consumer.told("AA").patients(), region.consumer.told("AA").patients()];
    told.sort();
    assert_eq!(told, [vec![vec![in_domain(TARO)]], vec![vec![in_domain(JIRO)]]], "both sides");
    assert_eq!(region.history(), ["created", "enrolled", "linked", "unlinked"]);
}
