//! What a hospital keeps beside a document stands on its page, for whoever may see the document.

use crate::fixture;

use fixture::kept::{Kept, document, keep};
use fixture::{Fixture, Record};
use http::StatusCode;
use model::entry::Category;
use model::item::VersionState;

#[tokio::test]
async fn a_documents_page_leads_to_its_attachments() {
    let fixture = Fixture::new(None).await;
    let main = keep(&fixture, &document(0, 1, "退院時サマリー"));
    let attached = |number, title| Kept {
        bytes: b"what the picture shows",
        attached_to: Some(main),
        ..document(0, number, title)
    };
    let picture = keep(&fixture, &attached(2, "退院時サマリー (image/a.png)"));
    let old = Kept { state: VersionState::Deprecated, ..attached(3, "以前の図") };
    keep(&fixture, &old);
    let base = format!("/p/{}/docs", fixture.person);
    let page = fixture.get(&format!("{base}/{main}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&format!("href=\"{base}/{picture}\"")), "a link that opens it");
    assert!(page.body.contains("退院時サマリー (image/a.png)"));
    assert!(!page.body.contains("以前の図"), "what was replaced is not listed");
    let opened = fixture.get(&format!("{base}/{picture}")).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert!(opened.body.contains("what the picture shows"));
    assert!(!opened.body.contains("id=\"attachments\""));
    let kept = fixture.get(&format!("{base}/{picture}/bytes")).await;
    assert_eq!((kept.status, kept.body.as_str()), (StatusCode::OK, "what the picture shows"));
}

#[tokio::test]
async fn attachments_are_closed_with_their_hospital() {
    let fixture = Fixture::new(Some(0)).await;
    let main = keep(&fixture, &document(1, 1, "紹介状"));
    let attached = Kept { attached_to: Some(main), ..document(1, 2, "紹介状 (b.png)") };
    let picture = keep(&fixture, &attached);
    // Appended by another hospital, which discloses nothing here, to a document that is open.
    let open = keep(&fixture, &document(0, 3, "経過"));
    let foreign = Kept { attached_to: Some(open), ..document(1, 4, "他院の添付") };
    keep(&fixture, &foreign);
    let base = format!("/p/{}/docs", fixture.person);
    for path in
        [format!("{base}/{main}"), format!("{base}/{picture}"), format!("{base}/{picture}/bytes")]
    {
        assert_eq!(fixture.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = fixture.get(&format!("{base}/{open}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("他院の添付"));
}

#[tokio::test]
async fn what_a_hospital_restricts_is_on_no_page_of_a_clinic() {
    let fixture = Fixture::new(None).await;
    let open = keep(&fixture, &document(0, 1, "経過"));
    let closed = keep(&fixture, &Kept { is_restricted: true, ..document(0, 2, "面接記録") });
    let attached =
        Kept { is_restricted: true, attached_to: Some(open), ..document(0, 3, "経過 (図)") };
    keep(&fixture, &attached);
    fixture.add(vec![record("経過", open), record("面接記録", closed)]);
    let base = format!("/p/{}", fixture.person);
    for path in [base.clone(), format!("{base}?v=list"), format!("{base}/docs")] {
        let page = fixture.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains("経過"), "{path}");
        assert!(!page.body.contains("面接記録"), "{path}");
    }
    for path in [format!("{base}/docs/{closed}"), format!("{base}/docs/{closed}/bytes")] {
        assert_eq!(fixture.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = fixture.get(&format!("{base}/docs/{open}")).await;
    assert!(!page.body.contains("経過 (図)"));
}

fn record(label: &'static str, document_id: i64) -> Record<'static> {
    Record { hospital: 0, day: "20251101", category: Category::Document, label, document_id }
}

#[tokio::test]
async fn a_version_with_a_rival_says_so() {
    let fixture = Fixture::new(None).await;
    let words = "内容の異なる版がもう一つ";
    let flagged = Kept { flags: "[\"two-current\"]", ..document(0, 1, "検査") };
    for (kept, says) in [(flagged, true), (document(0, 2, "検査"), false)] {
        let id = keep(&fixture, &kept);
        let page = fixture.get(&format!("/p/{}/docs/{id}", fixture.person)).await;
        assert_eq!(page.body.contains(words), says);
    }
}
