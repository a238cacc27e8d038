//! The flow-sheet over stored facts: what is not simply the last word is marked.

use crate::fixture;

use fixture::Fixture;
use fixture::kept::{Kept, document, keep};
use model::fact::{Fact, FactBody, LabResult, Place, Status};
use model::{Coded, PartialTime};
use store::StoreError;
use store::fact::{self, FactRow};

fn measure(fixture: &Fixture, document_id: i64, at: &str, value: &str, status: Status) {
    let body = LabResult {
        item: Coded::single("5C070", "CRP", "JC10"),
        value: value.into(),
        unit: Coded::single("", "mg/dL", ""),
        chart_key: "JC10:5C070-000-023".into(),
        ..LabResult::default()
    };
    let fact = Fact {
        ordinal: 0,
        place: Place { segment: "OBX".into(), index: 1 },
        at: Some(PartialTime::japan(at).unwrap()),
        status,
        body: FactBody::LabResult(body),
    };
    let row = FactRow::new(&fact).unwrap();
    let (identity, source) = (fixture.identities[0], fixture.sources[0]);
    fixture
        .store
        .write_blocking(move |tx| -> Result<(), StoreError> {
            fact::insert(tx, identity, document_id, Some(source), std::slice::from_ref(&row))
        })
        .unwrap();
}

#[tokio::test]
async fn a_value_with_a_rival_is_marked_and_leads_to_the_versions() {
    let fixture = Fixture::new(None).await;
    let flagged = Kept { flags: "[\"two-current\"]", ..document(0, 1, "検査") };
    let rival = keep(&fixture, &flagged);
    let plain = keep(&fixture, &document(0, 2, "検査"));
    measure(&fixture, rival, "202511010630", "0.31", Status::Corrected);
    measure(&fixture, plain, "202511020630", "0.42", Status::Final);
    let base = format!("/p/{}", fixture.person);
    let page = fixture.get(&format!("{base}/labs")).await.body;
    let cell = |value: &str| {
        let from = page.find(&format!(">{value}<")).unwrap();
        let open = page[..from].rfind("<td").unwrap();
        page[open..open + page[open..].find("</td>").unwrap()].to_owned()
    };
    let marked = cell("0.31");
    assert!(marked.contains(&format!("href=\"{base}/docs/{rival}#versions\"")), "{marked}");
    assert!(marked.contains(">訂<") && marked.contains(">複<"), "{marked}");
    assert!(marked.contains("内容の異なる版がもう一つ"), "the words are those of the document");
    let plain_cell = cell("0.42");
    assert!(plain_cell.contains(&format!("href=\"{base}/e/{plain}\"")), "{plain_cell}");
    assert!(!plain_cell.contains("class=\"tag"), "{plain_cell}");
    assert!(page.contains("<col class=\"l-d\"><col class=\"l-d m2\">"), "room for two marks");
}
