//! The runner as a whole: NIST's folder read to the last element, and one made-up kit run end to
//! end against a stub of registry and repository.

use super::deviations;
use super::element::Element;
use super::kit::{self, Kit};
use super::mtom::{self, Part};
use super::patients::Patients;
use super::retrieve;
use super::run::{Runner, Tally};
use super::transaction::Kind;
use super::{translate, xpath};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// The folder of NIST's tests, if the machine has it.
fn nist_folder() -> Option<PathBuf> {
    let found = std::env::var_os("MUSUBI_CONFORMANCE_DIR").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: MUSUBI_CONFORMANCE_DIR is not set");
    }
    Some(found?.join("nist-xds"))
}

#[test]
fn every_element_and_expression_of_nists_folder_is_known() {
    let Some(folder) = nist_folder() else { return };
    let kit = Kit::read(&folder).unwrap();
    let sections: Vec<_> = kit.tests.values().flat_map(|test| &test.sections).collect();
    let steps: Vec<_> = sections.iter().flat_map(|section| &section.plan.steps).collect();
    assert_eq!((kit.tests.len(), sections.len(), steps.len()), (20, 90, 113));
    for section in &sections {
        assert_eq!(section.plan.broken, None, "{}", section.directory.display());
        assert_eq!(section.plan.unknown, [""; 0], "{}", section.directory.display());
        for step in &section.plan.steps {
            assert_eq!(step.unknown, [""; 0], "{}", section.directory.display());
            let Some(plan) = &step.transaction else { continue };
            let reports = plan.reports.iter().map(|report| &report.xpath);
            for expression in reports.chain(plan.asserts.iter().map(|(_, text)| text)) {
                xpath::check(expression).unwrap();
            }
        }
    }
}

#[test]
fn tests_run_after_those_they_take_values_from() {
    let Some(folder) = nist_folder() else { return };
    let kit = Kit::read(&folder).unwrap();
    let order = |named: &[&str]| -> Vec<_> {
        let named: Vec<_> = named.iter().map(|one| (*one).to_owned()).collect();
        kit.order(&named).unwrap().iter().map(|test| test.id.clone()).collect()
    };
    assert_eq!(order(&["11901", "11990"]), ["12346", "11901", "11990"]);
    let all = order(&[]);
    let place = |id: &str| all.iter().position(|one| one == id).unwrap();
    assert!(all.len() == 20 && place("12346") < place("11897"));
    assert!(kit.order(&["0".to_owned()]).is_err());
}

#[test]
fn every_submission_of_nists_folder_becomes_ebrim_3_0() {
    let Some(folder) = nist_folder() else { return };
    let kit = Kit::read(&folder).unwrap();
    let (mut converted, mut objects) = (0, 0);
    for section in kit.tests.values().flat_map(|test| &test.sections) {
        let plans = section.plan.steps.iter().filter_map(|step| step.transaction.as_ref());
        for plan in plans.filter(|plan| plan.kind.submits()) {
            let path = section.directory.join(plan.metadata_file.as_ref().unwrap());
            let old = Element::parse(&kit::read(&path).unwrap()).unwrap();
            let new = translate::submit_request(&old).unwrap();
            // What is written must read back, or nobody else could read it.
            assert_eq!(Element::parse(&new.write()).unwrap(), new);
            let list = new.child("RegistryObjectList").unwrap();
            converted += 1;
            objects += list.elements().count();
            for one in list.walk() {
                assert_eq!(one.namespace, translate::RIM, "{}", path.display());
                for name in ["status", "associationType"] {
                    let full = one.attribute(name).is_none_or(|value| value.starts_with("urn:"));
                    assert!(full, "{name} in {}", path.display());
                }
                if one.name == "ExternalIdentifier" {
                    assert!(one.attribute("registryObject").is_some_and(|id| !id.is_empty()));
                }
            }
        }
    }
    assert!(converted == 33 && objects > converted * 4, "{converted} with {objects} objects");
}

#[test]
fn our_deviations_are_of_steps_that_nists_folder_has() {
    let text = fs::read_to_string(crate::process::root().join(super::DEVIATIONS)).unwrap();
    let deviations = deviations::parse(&text).unwrap();
    let Some(folder) = nist_folder() else { return };
    let kit = Kit::read(&folder).unwrap();
    for one in deviations {
        let sections = &kit.tests[&one.test].sections;
        let steps = sections.iter().flat_map(|section| {
            section.plan.steps.iter().map(move |step| super::run::name(section, step))
        });
        assert!(steps.into_iter().any(|step| step == one.step), "{}", one.step);
    }
}

const SUCCESS: &str = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success";
const QUERY: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";

/// Writes a kit of one test: submit, query, retrieve, compare.
fn write_kit(root: &Path) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let plan = |steps: &str| format!("<TestPlan><Test>1</Test>{steps}</TestPlan>");
    let step = |id: &str, transaction: &str| {
        format!(
            "<TestStep id=\"{id}\"><ExpectedStatus>Success</ExpectedStatus>{transaction}</TestStep>"
        )
    };
    let submit = "<ProvideAndRegisterTransaction><XDSb/><AssignUuids/><UseReport test=\"15817\" \
         section=\"pif\" step=\"step\" reportName=\"$patientid$\" useAs=\"$patientid$\"/>\
         <MetadataFile>doc.xml</MetadataFile><Document id=\"D\">doc.txt</Document>\
         </ProvideAndRegisterTransaction>";
    write("1/submit/testplan.xml", &plan(&step("s", submit)));
    write("1/submit/doc.txt", "some \u{7cd6} text\r\n--x\r\n");
    write(
        "1/submit/doc.xml",
        "<S xmlns=\"urn:old\"><LeafRegistryObjectList><ExtrinsicObject id=\"D\" \
         mimeType=\"text/plain\"><ExternalIdentifier value=\"x\" \
         identificationScheme=\"urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab\"/>\
         <ExternalIdentifier value=\"$patientid$\" \
         identificationScheme=\"urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427\"/>\
         </ExtrinsicObject></LeafRegistryObjectList></S>",
    );
    let query = "<StoredQueryTransaction><XDSb/><MetadataFile>q.xml</MetadataFile><UseId \
         testdir=\"../submit\" step=\"s\" section=\"AssignedUids\" id=\"D\" symbol=\"$uid$\"/>\
         <Report name=\"repo\" section=\"Result\">//*[@name='repositoryUniqueId']\
         //*[local-name()='Value']</Report><ExpectedContents><Documents count=\"1\"/><DocApp/>\
         </ExpectedContents></StoredQueryTransaction>";
    let assert = "<NullTransaction><UseId testdir=\"../submit\" step=\"s\" \
         section=\"AssignedUuids\" id=\"D\" symbol=\"$uuid$\"/><Assertions><DataRef file=\"THIS\" \
         as=\"output\"/><Assert id=\"same\">//TestStep[@id='q']//*[local-name()='ExtrinsicObject']\
         /@id = '$uuid$'</Assert></Assertions></NullTransaction>";
    write("1/query/testplan.xml", &plan(&(step("q", query) + &step("a", assert))));
    write(
        "1/query/q.xml",
        &format!(
            "<AdhocQueryRequest xmlns=\"{QUERY}\"><Value>('$uid$')</Value></AdhocQueryRequest>"
        ),
    );
    let retrieve = "<RetrieveTransaction><XDSb/><MetadataFile>r.xml</MetadataFile><UseReport \
         section=\"query\" step=\"q\" reportName=\"repo\" useAs=\"$repo$\"/><UseReport \
         section=\"submit\" step=\"s\" reportName=\"D_uid\" useAs=\"$uid$\"/><ReferenceMetadata \
         testdir=\"../query\" step=\"q\"/></RetrieveTransaction>";
    write("1/retrieve/testplan.xml", &plan(&step("r", retrieve)));
    write(
        "1/retrieve/r.xml",
        "<RetrieveDocumentSetRequest xmlns=\"urn:ihe:iti:xds-b:2007\"><DocumentRequest>\
         <RepositoryUniqueId>$repo$</RepositoryUniqueId><DocumentUniqueId>$uid$</DocumentUniqueId>\
         </DocumentRequest></RetrieveDocumentSetRequest>",
    );
    write("1/index.idx", "submit\nquery\nretrieve\nmissing\n");
    write("1/loose/testplan.xml", &plan(&step("l", "<TeleportTransaction/>")));
}

/// What the stub has been given.
#[derive(Default)]
struct Stub {
    entry: Option<(String, String, String)>,
    bytes: Vec<u8>,
}

impl Stub {
    /// The answer's body and parts.
    fn answer(&mut self, action: &str, body: &Element, parts: &[Part]) -> (String, Vec<Part>) {
        if action == Kind::ProvideAndRegister.action() {
            let entry = body.find("ExtrinsicObject").unwrap();
            let value = |place: usize| {
                let mut all = entry.elements().filter(|one| one.name == "ExternalIdentifier");
                all.nth(place).unwrap().attribute("value").unwrap().to_owned()
            };
            let document = body.child("Document").unwrap();
            assert_eq!(document.attribute("id"), entry.attribute("id"));
            self.bytes = mtom::content(document, parts).unwrap();
            let id = entry.attribute("id").unwrap().to_owned();
            self.entry = Some((id, value(0), value(1)));
            return (format!("<RegistryResponse status=\"{SUCCESS}\"/>"), Vec::new());
        }
        let (id, uid, _) = self.entry.clone().unwrap();
        assert!(body.write().contains(&uid), "{}", body.write());
        if action == Kind::StoredQuery.action() {
            let slot = |name: &str, value: &str| {
                format!(
                    "<Slot name=\"{name}\"><ValueList><Value>{value}</Value></ValueList></Slot>"
                )
            };
            let (size, hash) = (self.bytes.len().to_string(), retrieve::hash(&self.bytes));
            let text = format!(
                "<AdhocQueryResponse status=\"{SUCCESS}\"><RegistryObjectList><ExtrinsicObject \
                 id=\"{id}\" mimeType=\"text/plain\" \
                 status=\"urn:oasis:names:tc:ebxml-regrep:StatusType:Approved\">{}{}{}\
                 <ExternalIdentifier value=\"{uid}\" \
                 identificationScheme=\"urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab\"/>\
                 </ExtrinsicObject></RegistryObjectList></AdhocQueryResponse>",
                slot("size", &size),
                slot("hash", &hash),
                slot("repositoryUniqueId", "1.9")
            );
            return (text, Vec::new());
        }
        let part = Part { id: "d@stub".to_owned(), bytes: self.bytes.clone() };
        let text = format!(
            "<RetrieveDocumentSetResponse><RegistryResponse status=\"{SUCCESS}\"/>\
             <DocumentResponse><RepositoryUniqueId>1.9</RepositoryUniqueId><DocumentUniqueId>{uid}\
             </DocumentUniqueId><mimeType>text/plain</mimeType><Document>{}</Document>\
             </DocumentResponse></RetrieveDocumentSetResponse>",
            mtom::include(&part.id).write()
        );
        (text, vec![part])
    }

    fn serve(&mut self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let fields: BTreeMap<_, _> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut body = vec![0; fields["content-length"].parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let (envelope, parts) = mtom::read(&fields["content-type"], &body).unwrap();
        let envelope = Element::parse(&String::from_utf8(envelope).unwrap()).unwrap();
        let text = |name: &str| envelope.find(name).unwrap().text();
        let (action, id) = (text("Action"), text("MessageID"));
        let question = envelope.child("Body").unwrap().elements().next().unwrap();
        let (answer, parts) = self.answer(&action, question, &parts);
        let wsa = "http://www.w3.org/2005/08/addressing";
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"{wsa}\">\
             <s:Header><a:Action>{action}Response</a:Action><a:RelatesTo>{id}</a:RelatesTo>\
             </s:Header><s:Body>{answer}</s:Body></s:Envelope>"
        );
        let (content_type, body) = mtom::write(&envelope, &action, "stub", &parts);
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = reader.get_mut();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
    }
}

/// Runs the made-up kit; with `spoil` the stub keeps other bytes than it was given.
fn run_kit(spoil: bool, deviations: &str) -> (Tally, Runner) {
    let folder = tempfile::tempdir().unwrap();
    write_kit(folder.path());
    let kit = Kit::read(folder.path()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/xds", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut stub = Stub::default();
        for request in 0..3 {
            stub.serve(listener.accept().unwrap().0);
            // Hash and size of the query will fit these bytes: only those sent tell.
            if spoil && request == 0 {
                stub.bytes.reverse();
            }
        }
        stub
    });
    let patients = Patients::given(vec!["7^^^&1.2&ISO".to_owned()], "1.2");
    let deviations = deviations::parse(deviations).unwrap();
    let mut runner =
        Runner::new((url.clone(), url), patients, deviations, |line| println!("{line}")).unwrap();
    for test in kit.order(&[]).unwrap() {
        runner.test(test);
    }
    let stub = server.join().unwrap();
    assert_eq!(stub.entry.unwrap().2, "7^^^&1.2&ISO");
    (runner.tally, runner)
}

#[test]
fn a_plan_runs_end_to_end_and_an_unknown_element_fails_its_step_by_name() {
    let (tally, runner) = run_kit(false, "");
    assert_eq!(tally.to_string(), "4 passed, 2 failed, 0 by choice");
    let log = runner.logs.section("1", "submit").unwrap();
    assert!(log.find("AssignedUuids").is_some() && log.find("SubmitObjectsRequest").is_some());
}

#[test]
fn other_bytes_than_were_submitted_fail() {
    let (tally, _) = run_kit(true, "");
    assert_eq!(tally, Tally { passed: 3, failed: 3, by_choice: 0 });
}

#[test]
fn deviations_count_apart_and_those_that_do_not_deviate_fail() {
    let deviation = |step: &str, failure: &str| {
        format!("[[deviation]]\ntest='1'\nstep='{step}'\nfailure='{failure}'\nreason='r'\n")
    };
    let missing = deviation("missing", "testplan.xml");
    let noted = |text: &str| run_kit(false, &format!("{missing}{text}")).0;
    let unknown = deviation("loose/l", "`TeleportTransaction` is not known");
    assert_eq!(noted(&unknown), Tally { passed: 4, failed: 0, by_choice: 2 });
    let other_failure = deviation("loose/l", "status");
    assert_eq!(noted(&other_failure), Tally { passed: 4, failed: 1, by_choice: 1 });
    let not_one = deviation("query/q", "status");
    assert_eq!(noted(&not_one), Tally { passed: 3, failed: 2, by_choice: 1 });
    let no_step = deviation("query/z", "status");
    assert_eq!(noted(&no_step), Tally { passed: 4, failed: 2, by_choice: 1 });
}
