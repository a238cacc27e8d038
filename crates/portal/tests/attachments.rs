//! What a hospital keeps beside a document stands on its page, for whoever may see the document.

use crate::fixture;

use fixture::Fixture;
use http::StatusCode;
use model::document::{AssociationType, DocumentEntry, SubmissionSet};
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
}

fn keep(fixture: &Fixture, kept: &Kept<'static>) -> i64 {
    let (identity_id, source_id) =
        (fixture.identities[kept.hospital], fixture.sources[kept.hospital]);
    let Kept { number, title, bytes: content, flags, attached_to, state, .. } = *kept;
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
