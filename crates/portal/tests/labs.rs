//! The flow-sheet and the graph's table show everything that the laboratory sent.

use crate::fixture;

use fixture::{Fixture, Record};
use model::entry::{Abnormal, Category};
use model::fact::{Fact, FactBody, LabResult, Place, Status};
use model::{Coded, PartialTime};
use store::StoreError;
use store::fact::{self, FactRow};

const DOCUMENT: i64 = 7;

fn result(ordinal: u32, value: &str, status: Status) -> Fact {
    Fact {
        ordinal,
        place: Place { segment: "OBX".into(), index: 5 },
        at: Some(PartialTime::japan("20251101").unwrap()),
        status,
        body: FactBody::LabResult(LabResult {
            item: Coded::single("5C070", "CRP", "JC10"),
            chart_key: "JC10:5C070-000-023".into(),
            value: value.into(),
            number: Some(value.into()),
            unit: Coded::single("", "mg/dL", ""),
            reference_range: "0-0.14".into(),
            ..LabResult::default()
        }),
    }
}

fn with(mut fact: Fact, change: impl FnOnce(&mut LabResult)) -> Fact {
    if let FactBody::LabResult(result) = &mut fact.body {
        change(result);
    }
    fact
}

async fn holding(facts: Vec<Fact>) -> Fixture {
    let fixture = Fixture::new(None).await;
    let (identity, source) = (fixture.identities[0], fixture.sources[0]);
    let rows: Vec<FactRow> = facts.iter().map(|fact| FactRow::new(fact).unwrap()).collect();
    fixture
        .store
        .write_blocking(move |tx| -> Result<(), StoreError> {
            fact::insert(tx, identity, DOCUMENT, Some(source), &rows)
        })
        .unwrap();
    fixture.add(vec![Record {
        hospital: 0,
        day: "20251101",
        category: Category::Laboratory,
        label: "1",
        document_id: DOCUMENT,
    }]);
    fixture
}

async fn page(fixture: &Fixture, path: &str) -> String {
    fixture.get(&format!("/p/{}/{path}", fixture.person)).await.body
}

const GRAPH: &str = "labs/graph?i=JC10%3A5C070-000-023%7Cmg%2FdL";

#[tokio::test]
async fn the_graphs_table_shows_every_value_of_a_collection() {
    let fixture = holding(vec![
        result(1, "0.21", Status::Final),
        result(2, "0.35", Status::Final),
        result(3, "9.99", Status::Cancelled),
    ])
    .await;
    let together = "0.21 / 0.35 / (9.99)";
    let sheet = page(&fixture, "labs").await;
    assert!(sheet.contains(together), "{sheet}");
    let graph = page(&fixture, GRAPH).await;
    let table = graph.split("id=\"graph-table\"").nth(1).unwrap();
    assert!(table.contains(together), "{table}");
    assert!(graph.contains("\"values\":[0.35]"), "the last that holds is the point");
}

#[tokio::test]
async fn a_date_alone_shows_no_clock() {
    let fixture = holding(vec![result(1, "0.21", Status::Final)]).await;
    for path in ["labs", GRAPH] {
        let page = page(&fixture, path).await;
        assert!(page.contains("0.21"), "{path}");
        let shown = page.split("<main").nth(1).unwrap();
        assert!(!shown.contains("0:00"), "{path}: no time of day was sent");
    }
    let mut timed = result(1, "0.21", Status::Final);
    timed.at = Some(PartialTime::japan("202511010730").unwrap());
    let fixture = holding(vec![timed]).await;
    for path in ["labs", GRAPH] {
        assert!(page(&fixture, path).await.contains("7:30"), "{path}");
    }
}

#[tokio::test]
async fn what_the_laboratory_remarks_stands_beside_the_result() {
    let remark = |fact: Fact| with(fact, |it| it.comments = vec!["溶血あり".into()]);
    let fixture = holding(vec![
        remark(result(1, "0.21", Status::Final)),
        remark(result(2, "0.35", Status::Final)),
    ])
    .await;
    for path in ["labs", GRAPH] {
        let page = page(&fixture, path).await;
        assert!(page.contains("<sup class=\"sup\">*1</sup>"), "{path}");
        assert_eq!(page.matches("溶血あり").count(), 1, "{path}: one footnote");
    }
}

#[tokio::test]
async fn a_flag_of_the_hospitals_own_is_printed_and_kept_among_the_abnormal() {
    let flagged = with(result(1, "0.21", Status::Final), |it| {
        (it.flags, it.abnormal) = (vec!["要再検".into()], Abnormal::Abnormal);
    });
    let normal = with(result(2, "0.10", Status::Final), |it| {
        it.item = Coded::single("3A010", "TP", "JC10");
        (it.chart_key, it.flags) = ("JC10:3A010-000-023".into(), vec!["N".into()]);
    });
    let fixture = holding(vec![flagged, normal]).await;
    let sheet = page(&fixture, "labs?a=1").await;
    assert!(sheet.contains("要再検") && sheet.contains("0.21"));
    assert!(!sheet.contains("0.10"), "an N is not abnormal");
    let all = page(&fixture, "labs").await;
    assert!(all.contains("0.10") && !all.contains(">N</b>"));
}
