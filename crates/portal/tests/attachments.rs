//! What a hospital keeps beside a document stands on its page, for whoever may see the document.

use crate::fixture;

use fixture::{Fixture, Record};
use http::StatusCode;
use model::document::{AssociationType, DocumentEntry, SubmissionSet};
use model::entry::Category;
use model::hl7::PatientId;
use model::item::VersionState;
use model::{PartialTime, Timestamp};
use store::document::{
    EndKind, NewAssociation, NewDocument, Settlement, association, bytes, metadata, row, set,
};
use store::{StoreError, Tx};
use uuid::Uuid;

struct Kept<'a> {
    hospital: usize,
    number: u128,
    title: &'a str,
    bytes: &'a [u8],
    flags: &'a str,
    /// The document to which it is attached.
    attached_to: Option<i64>,
    state: VersionState,
    is_restricted: bool,
}

fn keep(fixture: &Fixture, kept: &Kept<'static>) -> i64 {
    let (identity_id, source_id) =
        (fixture.identities[kept.hospital], fixture.sources[kept.hospital]);
    let Kept { number, title, bytes: content, flags, attached_to, state, is_restricted, .. } =
        *kept;
    let done = fixture.store.write_blocking(move |tx: &mut Tx| -> Result<i64, StoreError> {
        let uuid = |kind: u128| Uuid::from_u128(kind * 1_000 + number);
        let new = SubmissionSet {
            entry_uuid: uuid(1),
            unique_id: format!("2.25.{}", 1_000 + number),
            ..SubmissionSet::default()
        };
        let set_id = set::insert(tx, &new, "{}", identity_id)?.unwrap();
        let entry = DocumentEntry {
            entry_uuid: uuid(2),
            unique_id: format!("2.25.{number}"),
            mime_type: "text/plain".into(),
            title: title.into(),
            creation_time: PartialTime::japan("20251101").unwrap(),
            source_patient_id: PatientId::default(),
            size: content.len() as u64,
            ..DocumentEntry::default()
        };
        let text = metadata::write(&entry).unwrap();
        let settlement = Settlement { state, deletion: None, flags: flags.into() };
        let sha256 = sha2::Digest::finalize(sha2::Digest::chain_update(
            <sha2::Sha256 as sha2::Digest>::new(),
            content,
        ));
        let new = NewDocument {
            entry: &entry,
            metadata: &text,
            identity_id,
            source_id: Some(source_id),
            item_id: None,
            submission_set_id: set_id,
            told: state,
            settlement: &settlement,
            category: "document",
            sha256: &<[u8; 32]>::from(sha256),
            in_objects: false,
            text_verdict: "",
            created: Timestamp(0),
            held: true,
            member_implied: false,
            is_restricted,
        };
        let id = row::insert(tx, &new)?.unwrap();
        bytes::insert(tx, id, content)?;
        if let Some(main) = attached_to {
            let appended = NewAssociation {
                entry_uuid: uuid(3),
                association_type: AssociationType::Appends,
                source: (EndKind::Document, id),
                target: (EndKind::Document, main),
                original: false,
                submission_set_id: set_id,
                details: "",
            };
            association::insert(tx, &appended)?.unwrap();
        }
        Ok(id)
    });
    done.unwrap()
}

fn document(hospital: usize, number: u128, title: &'static str) -> Kept<'static> {
    Kept {
        hospital,
        number,
        title,
        bytes: b"text",
        flags: "[]",
        attached_to: None,
        state: VersionState::Current,
        is_restricted: false,
    }
}

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
