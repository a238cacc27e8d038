//! What others wrote: recorded requests and answers, and the queries of NIST's test plans.

use ebrim::response::{Found, read_found, read_outcome};
use ebrim::{Affinity, ReadOptions, Status, Transaction, read_query, read_submission};
use std::path::{Path, PathBuf};
use testkit::{CountingIds, conformance_dir};
use xml::{Document, Element};

fn body<'a>(document: &'a Document<'_>) -> Element<'a> {
    let soap = "http://www.w3.org/2003/05/soap-envelope";
    document.root().child(soap, "Body").and_then(|body| body.children().next()).unwrap()
}

#[test]
fn recorded_submissions_and_queries_of_the_swiss_record_read() {
    let Some(directory) = conformance_dir() else { return };
    // Some are whole HTTP messages: of those the root part of the MIME body. Their SOAP headers
    // were shortened by hand, one by a namespace too many: they are left out.
    let text = |name: &str| {
        let path = directory.join("epr-by-example/samples").join(name);
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let end = text.find(":Envelope>").map_or(text.len(), |at| at + ":Envelope>".len());
        let start = text[..end].find(":Envelope").and_then(|at| text[..at].rfind('<'));
        let envelope = &text[start.unwrap()..end];
        match (envelope.find(":Header"), envelope.rfind(":Header>")) {
            (Some(from), Some(to)) => {
                let from = envelope[..from].rfind('<').unwrap();
                format!("{}{}", &envelope[..from], &envelope[to + ":Header>".len()..])
            }
            _ => envelope.to_owned(),
        }
    };
    let submission = text("ITI-41_request_raw.xml");
    let document = Document::parse(&submission).unwrap();
    let options = ReadOptions::of(Transaction::ProvideAndRegister);
    let read =
        read_submission(body(&document), &options, &CountingIds::new()).into_result().unwrap();
    assert_eq!((read.documents.len(), read.parts.len()), (1, 1));
    let entry = &read.documents[0].object;
    assert_eq!(entry.title, "Vaccination - FSME-Immun 0.25 ml Junior");
    assert_eq!(entry.title_localization.charset, "UTF-8");
    assert_eq!(entry.extra[0].name, "urn:e-health-suisse:2020:originalProviderRole");
    assert_eq!(entry.authors[0].person.as_ref().unwrap().prefix, "Dr.Med");

    let query = text("ITI-18_request_raw.xml");
    let document = Document::parse(&query).unwrap();
    read_query(body(&document)).unwrap();

    let answer = text("ITI-18_response_raw.xml");
    let document = Document::parse(&answer).unwrap();
    assert_eq!(read_outcome(body(&document)).unwrap().status, Status::Success);
    let (found, problems) = read_found(body(&document));
    assert_eq!(problems, []);
    let Found::Document(first) = &found[0] else { panic!("{found:?}") };
    assert_eq!((first.object.size, first.object.version), (5375, Some(1)));
    assert_eq!(first.object.home_community_id, "urn:oid:1.1.4567334.1.6");

    let retrieval = text("ITI-43_request_raw.xml");
    let document = Document::parse(&retrieval).unwrap();
    let asked = ebrim::retrieve::read_retrieve(body(&document)).into_result().unwrap();
    assert_eq!(asked[0].repository_oid, "1.3.6.1.4.1.21367.2017.2.3.54");
    let registered = text("ITI-41_response.xml");
    let document = Document::parse(&registered).unwrap();
    assert_eq!(read_outcome(body(&document)).unwrap().status, Status::Success);
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false if path.extension().is_some_and(|end| end == "xml") => found.push(path),
            false => {}
        }
    }
}

/// The runner of the plans writes ids into the queries; here any id does.
fn with_ids(text: &str) -> String {
    text.replace("$patient_id$", "1^^^&amp;1.2.3&amp;ISO")
}

#[test]
fn every_query_of_the_nist_plans_reads() {
    let Some(directory) = conformance_dir() else { return };
    let mut all = Vec::new();
    files(&directory.join("nist-xds/tests"), &mut all);
    let (mut queries, mut refused) = (0, Vec::new());
    for path in all {
        let text = with_ids(&std::fs::read_to_string(&path).unwrap());
        if !text.contains("AdhocQueryRequest") || path.ends_with("testplan.xml") {
            continue;
        }
        let document = Document::parse(&text).unwrap();
        queries += 1;
        if let Err(problems) = read_query(document.root()) {
            refused.push((path, problems));
        }
    }
    assert!(queries >= 80, "{queries}");
    // Plans that expect a failure: codes without their scheme.
    for (path, problems) in &refused {
        let name = path.display().to_string();
        let is_expected = name.contains("classcode_scheme_mismatch") || name.contains("old_scheme");
        assert!(is_expected, "{name}: {problems:?}");
    }
    assert_eq!(refused.len(), 2, "{refused:?}");
}

#[test]
fn the_affinity_domain_of_the_test_tools_reads() {
    let Some(directory) = conformance_dir() else { return };
    let text = std::fs::read_to_string(directory.join("nist-xds/codes.xml")).unwrap();
    let lists = ebrim::affinity::read_codes(&text).unwrap();
    assert_eq!(lists["confidentialityCode"].len(), 6);
    let domain = Affinity::parse(&text).unwrap();
    let class = ebrim::affinity::CodedAttribute::Confidentiality;
    assert!(domain.allows(class, "N", "2.16.840.1.113883.5.25"));
    assert!(!domain.allows(class, "N", "2.16.840.1.113883.5.26"));
    assert!(!domain.allows(class, "X", "2.16.840.1.113883.5.25"));
    assert!(domain.allows(ebrim::affinity::CodedAttribute::MimeType, "text/plain", ""));
}
