//! A hospital's PACS as a source, two of its patients, instances to send, and a sink that keeps
//! what is submitted.

use bytes::Bytes;
use dicomfile::{DataSet, Encoding, Tag, TransferSyntax, VR, tags, uids};
use futures::future::BoxFuture;
use imaging::{Archive, ManifestCodes, Settler};
use model::document::DocumentEntry;
use model::{Clock, CommunityId, Timestamp};
use ports::{
    AnnouncedInstance, DocumentSink, InstanceError, InstanceOrigin, InstanceReceipt, InstanceSink,
    Outcome, Receipt, SinkError, StateChange, Submission,
};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use store::source::{FacilityRow, SourceRow};
use store::study::{self, StudyRow};
use store::{Store, StoreError, person, source};
use testkit::{ManualClock, TestStore};

pub const PACS: &str = "pacs";
/// Another hospital's, which has a copy of the first one's study.
pub const OTHER_PACS: &str = "other-pacs";
pub const DOMAIN: &str = "1.2.392.99.11";
pub const OTHER_DOMAIN: &str = "1.2.392.99.12";
pub const TARO: &str = "00123";
pub const TARO_ELSEWHERE: &str = "B-7";
/// Known, but not enrolled.
pub const JIRO: &str = "00999";
pub const HOSPITAL: &str = "中央病院";
pub const STUDY: &str = "1.2.840.99999.1";

pub fn begin() -> Timestamp {
    Timestamp(1_767_225_600 * Timestamp::SECOND_US)
}

/// An archive over a store, and what moves its time.
pub struct World {
    pub archive: Archive,
    pub clock: Arc<ManualClock>,
    pub sink: Arc<KeepingSink>,
    pub settler: Settler,
    pub objects: PathBuf,
}

/// Runs a test on both engines, within a runtime.
pub fn on_each_engine(test: impl AsyncFn(&World)) {
    testkit::for_each_engine(|store| {
        settle(store);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let clock = Arc::new(ManualClock::new(begin()));
            let archive = Archive::new(store.store(), clock.clone());
            let sink = Arc::new(KeepingSink::default());
            let settler = Settler::new(archive.clone(), sink.clone(), ManifestCodes::default());
            let objects = store.directory().join("objects");
            test(&World { archive, clock, sink, settler, objects }).await;
        });
    });
}

fn settle(store: &TestStore) {
    let set_up = |tx: &mut store::Tx| -> Result<(), StoreError> {
        let person_id = person::insert_person(tx, &CommunityId::from_serial(1), begin())?.unwrap();
        let other = person::insert_person(tx, &CommunityId::from_serial(2), begin())?.unwrap();
        let places = [
            (PACS, DOMAIN, HOSPITAL, "1310000001"),
            (OTHER_PACS, OTHER_DOMAIN, "東病院", "1310000002"),
        ];
        for (name, oid, hospital, code) in places {
            let facility = FacilityRow {
                id: 0,
                code: code.into(),
                name: hospital.into(),
                short_name: hospital.into(),
                facility_type: "hospital".into(),
                mark: 0,
            };
            let id = source::insert_facility(tx, &facility, 0)?.unwrap();
            let row = SourceRow {
                id: 0,
                name: name.into(),
                kind: "dicom".into(),
                oid: format!("{oid}.9"),
                settings: "{}".into(),
                paused: false,
                facility: FacilityRow { id, ..facility },
                domain: source::ensure_domain(tx, oid, name)?,
            };
            source::insert_source(tx, &row, &[], 0)?.unwrap();
        }
        let records = [
            (DOMAIN, TARO, person_id),
            (OTHER_DOMAIN, TARO_ELSEWHERE, person_id),
            (DOMAIN, JIRO, other),
        ];
        for (oid, local_id, person_id) in records {
            let domain_id = person::domain_by_oid(tx, oid)?.unwrap();
            let id = person::insert_identity(tx, domain_id, local_id, person_id, begin())?;
            if local_id != JIRO {
                person::put_enrolment(tx, id.unwrap(), begin(), "test")?;
            }
        }
        Ok(())
    };
    store.write_blocking(set_up).unwrap();
}

/// A slice of a CT series of a patient.
pub fn slice(patient: &str, number: i64) -> DataSet {
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .put_str(tags::SOP_CLASS_UID, uids::CT_IMAGE_STORAGE)
        .put_str(tags::SOP_INSTANCE_UID, &format!("{STUDY}.1.{number}"))
        .put_str(tags::STUDY_DATE, "20260105")
        .put_str(tags::STUDY_TIME, "101500")
        .put_str(tags::ACCESSION_NUMBER, "A77")
        .put_str(tags::MODALITY, "CT")
        .put_str(tags::INSTITUTION_NAME, HOSPITAL)
        .put_str(tags::STUDY_DESCRIPTION, "胸部CT")
        .put_str(tags::PATIENT_NAME, "YAMADA^TARO=山田^太郎")
        .put_str(tags::PATIENT_ID, patient)
        .put_str(tags::BODY_PART_EXAMINED, "CHEST")
        .put_str(tags::STUDY_INSTANCE_UID, STUDY)
        .put_str(tags::SERIES_INSTANCE_UID, &format!("{STUDY}.1"))
        .put_str(tags::SERIES_NUMBER, "2")
        .put_str(tags::INSTANCE_NUMBER, &number.to_string())
        .put_number(tags::ROWS, 4)
        .put_number(tags::COLUMNS, 4)
        .put_bytes(tags::PIXEL_DATA, VR::OW, vec![u8::try_from(number % 251).unwrap(); 32]);
    set
}

/// A rejection note of some slices (title 113001, rejected for quality).
pub fn rejection_note(patient: &str, numbers: &[i64]) -> DataSet {
    let mut title = DataSet::new();
    title
        .put_str(tags::CODE_VALUE, "113001")
        .put_str(tags::CODING_SCHEME_DESIGNATOR, "DCM")
        .put_str(tags::CODE_MEANING, "Rejected for Quality Reasons");
    let references = numbers.iter().map(|number| {
        let mut item = DataSet::new();
        item.put_str(tags::REFERENCED_SOP_CLASS_UID, uids::CT_IMAGE_STORAGE)
            .put_str(tags::REFERENCED_SOP_INSTANCE_UID, &format!("{STUDY}.1.{number}"));
        item
    });
    let mut series = DataSet::new();
    series
        .put_sequence(tags::REFERENCED_SOP_SEQUENCE, references.collect())
        .put_str(tags::SERIES_INSTANCE_UID, &format!("{STUDY}.1"));
    let mut evidence = DataSet::new();
    evidence
        .put_sequence(tags::REFERENCED_SERIES_SEQUENCE, vec![series])
        .put_str(tags::STUDY_INSTANCE_UID, STUDY);
    let mut set = slice(patient, 9_000);
    for tag in [tags::PIXEL_DATA, tags::ROWS, tags::COLUMNS, tags::BODY_PART_EXAMINED] {
        set.remove(tag);
    }
    set.put_str(tags::SOP_CLASS_UID, uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE)
        .put_str(tags::MODALITY, "KO")
        .put_str(tags::SERIES_INSTANCE_UID, &format!("{STUDY}.9"))
        .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![title])
        .put_sequence(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, vec![evidence]);
    set
}

/// The data set as C-STORE brings it.
pub fn sent(set: &DataSet) -> Bytes {
    Bytes::from(set.write(Encoding::ExplicitLittle).unwrap())
}

pub fn announced(set: &DataSet) -> AnnouncedInstance {
    let uid = |tag: Tag| set.uid(tag).unwrap_or_default().to_owned();
    AnnouncedInstance {
        sop_class_uid: uid(tags::SOP_CLASS_UID),
        sop_instance_uid: uid(tags::SOP_INSTANCE_UID),
        transfer_syntax_uid: TransferSyntax::EXPLICIT_LITTLE.uid().to_owned(),
    }
}

pub fn origin(set: &DataSet) -> InstanceOrigin {
    InstanceOrigin {
        source: PACS.into(),
        asked_patient: None,
        announced: Some(announced(set)),
        actor: "PACS_AE".into(),
    }
}

impl World {
    pub async fn send(&self, set: &DataSet) -> Result<InstanceReceipt, InstanceError> {
        self.give(&origin(set), sent(set)).await
    }

    /// Gives bytes in pieces of an odd size.
    pub async fn give(
        &self,
        origin: &InstanceOrigin,
        bytes: Bytes,
    ) -> Result<InstanceReceipt, InstanceError> {
        let size = bytes.len().div_ceil(7).max(1);
        let pieces: Vec<_> =
            bytes.chunks(size).map(|one| Ok(Bytes::copy_from_slice(one))).collect();
        self.archive.receive(origin, Box::pin(futures::stream::iter(pieces))).await
    }

    /// The studies of [`STUDY`].
    pub async fn studies(&self) -> Vec<StudyRow> {
        self.store().read(|tx| study::studies_by_uid(tx, STUDY)).await.unwrap()
    }

    pub async fn study(&self) -> StudyRow {
        let mut studies = self.studies().await;
        assert_eq!(studies.len(), 1);
        studies.remove(0)
    }

    pub fn store(&self) -> &Store {
        self.archive.store()
    }

    /// Moves the clock and settles what is due then.
    pub async fn settle_after(&self, seconds: i64) -> usize {
        let now = self.clock.now();
        self.clock.set(now.plus_us(seconds * Timestamp::SECOND_US));
        self.settler.settle_due().await.unwrap()
    }

    /// Objects on disk, temporary ones too.
    pub fn files(&self) -> usize {
        let (mut count, mut directories) = (0, vec![self.objects.clone()]);
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { directories.push(path) } else { count += 1 }
            }
        }
        count
    }
}

/// Keeps what is submitted, as the centre would.
#[derive(Default)]
pub struct KeepingSink {
    pub submitted: Mutex<Vec<(DocumentEntry, Bytes)>>,
    pub changed: Mutex<Vec<StateChange>>,
}

impl DocumentSink for KeepingSink {
    fn submit(
        &self,
        submissions: Vec<Submission>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        Box::pin(async move {
            let count = submissions.len();
            let documents = submissions.into_iter().flat_map(|one| one.documents);
            self.submitted.lock().unwrap().extend(documents);
            vec![Ok(Receipt { outcome: Outcome::Registered }); count]
        })
    }

    fn change_states(
        &self,
        changes: Vec<StateChange>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        Box::pin(async move {
            let count = changes.len();
            self.changed.lock().unwrap().extend(changes);
            vec![Ok(Receipt { outcome: Outcome::StateChanged }); count]
        })
    }
}
