//! The extended storage: a content folder is one document with its attachments.

use crate::common;

use common::{World, messages};
use model::document::AssociationType;
use model::item::{Storage, VersionState};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

const PATIENT: &str = "1234567";
const OTHER: &str = "7654321";
const KIND: &str = "L1^退院時サマリー^99Z^18842-5^退院時サマリー^LN";

fn world() -> World {
    let world = World::with(|place, new| {
        std::fs::create_dir(place.join("ext")).unwrap();
        common::write(&place.join("std/readme"), "");
        new.extended = vec![place.join("ext")];
    });
    world.enrol(PATIENT);
    world
}

fn folder(world: &World, sent: &str, flag: &str) -> PathBuf {
    let name = format!("{PATIENT}_20240102_L1_77_{sent}_01_{flag}");
    world.place.path().join(format!("ext/123/456/{PATIENT}/20240102/{KIND}/{name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_a_document_with_attachments() {
    let world = world();
    let at = folder(&world, "20240102120000000", "1");
    common::write(&at.join("main_document.html"), "<html><img src='image/a.png'></html>");
    common::write(&at.join("image/a.png"), b"\x89PNG\r\n");
    common::write(&at.join("Thumbs.db"), "litter");
    let counts = world.pull().await;
    assert_eq!((counts.listed, counts.taken, counts.quarantined), (1, 1, 0));
    let submission = world.centre.submissions.lock().unwrap()[0].clone();
    let [(document, _), (image, bytes)] = submission.documents.as_slice() else {
        panic!("a document and its image are expected")
    };
    let intake = document.intake.as_ref().unwrap();
    assert_eq!(intake.item.storage, Storage::Extended);
    assert_eq!(intake.item.data_type, KIND);
    assert_eq!(document.mime_type, "text/html");
    assert_eq!(document.title, "退院時サマリー 2024-01-02 内科");
    assert_eq!(
        (document.class_code.code.as_str(), document.type_code.code.as_str()),
        ("Z0002", "18842-5")
    );
    assert_eq!(document.format_code.code, "urn:ihe:iti:xds:2017:mimeTypeSufficient");
    assert_eq!(
        (image.mime_type.as_str(), bytes.as_ref()),
        ("image/png", b"\x89PNG\r\n".as_slice())
    );
    assert_eq!(image.intake, None);
    let [append] = submission.associations.as_slice() else { panic!("one association") };
    assert_eq!(append.association_type, AssociationType::Appends);
    assert_eq!((append.source, append.target), (image.entry_uuid, document.entry_uuid));
    assert_eq!(world.pull().await.unchanged, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_attachment_makes_a_new_version_of_the_same_item() {
    let world = world();
    let at = folder(&world, "20240102120000000", "1");
    common::write(&at.join("main_document.html"), "<html/>");
    common::write(&at.join("a.png"), b"\x89PNG1");
    world.pull().await;
    common::write(&at.join("a.png"), b"\x89PNG22");
    assert_eq!(world.pull().await.taken, 1);
    let states = world.centre.states();
    let of = |state| states.iter().filter(|(_, _, is)| *is == state).count();
    assert_eq!((of(VersionState::Deprecated), of(VersionState::Current)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn renaming_the_folder_deletes() {
    let world = world();
    let at = folder(&world, "20240102120000000", "1");
    common::write(&at.join("main_document.html"), "<html/>");
    common::write(&at.join("a.png"), b"\x89PNG1");
    world.pull().await;
    std::fs::rename(&at, folder(&world, "20240102120000000", "0")).unwrap();
    assert_eq!(world.pull().await.taken, 1);
    let states: Vec<_> = world.centre.all().into_iter().map(|one| one.state).collect();
    assert_eq!(states, [VersionState::Deleted, VersionState::Deleted], "its image too");
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_of_what_was_deleted_before_we_came_are_not_brought() {
    let world = world();
    let at = folder(&world, "20240102120000000", "0");
    common::write(&at.join("main_document.html"), "<html/>");
    common::write(&at.join("a.png"), b"\x89PNG1");
    world.pull().await;
    assert_eq!(world.centre.only().state, VersionState::Deleted);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_in_cp932_are_bytes_on_disk_and_text_in_keys() {
    let world = world();
    let kind = text::encode("L1^退院時^99Z", text::CharacterSet::Cp932).unwrap();
    let parent = world.place.path().join(format!("ext/123/456/{PATIENT}/20240102"));
    let at = parent
        .join(std::ffi::OsStr::from_bytes(&kind))
        .join(format!("{PATIENT}_20240102_L1_1_20240102120000000_01_1"));
    let name = text::encode("報告.pdf", text::CharacterSet::Cp932).unwrap();
    common::write(&at.join(std::ffi::OsStr::from_bytes(&name)), "%PDF-1.7");
    assert_eq!(world.pull().await.taken, 1);
    let intake = world.centre.only().entry.intake.unwrap();
    assert_eq!(intake.item.data_type, "L1^退院時^99Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_that_it_is_another_patients_is_quarantined() {
    let world = world();
    let at = folder(&world, "20240102120000000", "1");
    common::write(&at.join("main_document.hl7"), messages::lab(OTHER, "SECRET"));
    let cda = format!(
        "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget>\
         <patientRole><id extension=\"{OTHER}\"/></patientRole></recordTarget></ClinicalDocument>"
    );
    common::write(&folder(&world, "20240102120000001", "1").join("main_document.xml"), cda);
    assert_eq!(world.pull().await.quarantined, 2);
    let reasons: Vec<String> =
        world.reasons().await.into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["patient-mismatch", "patient-mismatch"]);
    let kept = world.everything_kept().await;
    assert!(!kept.contains(OTHER) && !kept.contains("SECRET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_content_folders_wait_under_their_reasons() {
    let world = world();
    std::fs::create_dir_all(folder(&world, "20240102120000000", "1")).unwrap();
    let linked = folder(&world, "20240102120000001", "1");
    std::fs::create_dir_all(&linked).unwrap();
    let other = world.place.path().join("ext/other.pdf");
    common::write(&other, "%PDF-1.7 of another patient");
    std::os::unix::fs::symlink("../../../../../../other.pdf", linked.join("a.pdf")).unwrap();
    let deep = folder(&world, "20240102120000002", "1").join("a/b/c/d.txt");
    common::write(&deep, "deep");
    common::write(&folder(&world, "2024", "1").join("x.pdf"), "%PDF");
    common::write(&folder(&world, "20240102120000003", "1").join("good.pdf"), "%PDF-1.7");
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 4));
    let mut reasons: Vec<String> =
        world.reasons().await.into_iter().map(|(reason, _)| reason).collect();
    reasons.sort();
    assert_eq!(reasons, ["empty", "link-outside", "sent-time-impossible", "unreadable"]);
}
