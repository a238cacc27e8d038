//! Facts: dated clinical items read out of a document by a pure function of its bytes.
//!
//! A fact always names its place in its document and keeps the status it came with. Texts,
//! codes and numbers are as received (decoded); nothing is converted or translated.

mod laboratory;
mod medication;
mod study;

pub use laboratory::{Bacteriology, LabOrder, LabResult};
pub use medication::MedicationLine;
pub use study::Study;

use crate::code::Coded;
use crate::date::PartialTime;
use crate::demographics::Demographics;
use crate::empty::Empty;
use serde::{Deserialize, Serialize};

/// One clinical item of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its number among the facts of the document, from 0; stable for one rules version.
    pub ordinal: u32,
    /// Where it stands: the segment it was read from.
    pub place: Place,
    /// When it happened, by the rule of its kind; `None` where neither message nor folder say.
    pub at: Option<PartialTime>,
    /// The status it came with.
    pub status: Status,
    /// What it is.
    pub body: FactBody,
}

/// The place of a fact in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Segment name, such as `OBX`.
    pub segment: String,
    /// Index of the segment in the message, MSH being 0.
    pub index: u32,
}

/// The status of a fact as its message says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Planned or ordered: not yet done.
    Ordered,
    /// Handed out by the pharmacy.
    Dispensed,
    /// Given to the patient.
    Administered,
    /// Done, valid.
    Performed,
    /// OBX-11 `F`, or no status where the message is itself the record.
    Final,
    /// OBX-11 `P`, `R`, `S`, `I`: not final.
    Preliminary,
    /// OBX-11 `C`, `U`: replaces an earlier value.
    Corrected,
    /// OBX-11 `X`, `D`, `W`; ORC-1 `CA`, `OC`, `DC`; a cancel event.
    Cancelled,
    /// A diagnosis under suspicion (疑い).
    Suspected,
    /// A diagnosis that goes on.
    Active,
    /// A diagnosis with an end date or an outcome that ends it.
    Ended,
}

impl Status {
    /// The stable name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ordered => "ordered",
            Status::Dispensed => "dispensed",
            Status::Administered => "administered",
            Status::Performed => "performed",
            Status::Final => "final",
            Status::Preliminary => "preliminary",
            Status::Corrected => "corrected",
            Status::Cancelled => "cancelled",
            Status::Suspected => "suspected",
            Status::Active => "active",
            Status::Ended => "ended",
        }
    }
}

/// What a fact is. The tag is the kind's name in the database and in `musubi stats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactBody {
    /// ADT-12/21/22/31/32/41/42/51/52, and ADT-01.
    Visit(Visit),
    /// ADT-52 with a disposition of death, or PID-29/30: the patient died.
    Death(Death),
    /// PPR-01: one PRB group.
    Diagnosis(Diagnosis),
    /// ADT-61 IAM, ADT-00 AL1.
    Allergy(Allergy),
    /// OMP-01 (ordered) and OMP-11 (dispensed): one drug of a prescription.
    PrescriptionLine(MedicationLine),
    /// OMP-02 (ordered) and OMP-12 (administered): one drug of an injection.
    InjectionLine(MedicationLine),
    /// OML-01: one ordered test.
    LabOrder(LabOrder),
    /// OML-11: one result.
    LabResult(LabResult),
    /// OML-11 of bacteriology: organism with its amount, or organism with drug susceptibility.
    Bacteriology(Bacteriology),
    /// OMG-01.
    ImagingOrder(Examination),
    /// OMG-11.
    ImagingPerformed(Examination),
    /// OMG-02.
    EndoscopyOrder(Examination),
    /// OMG-12.
    EndoscopyPerformed(Examination),
    /// OMG-03.
    PhysiologyOrder(Examination),
    /// OMG-13: the examination itself; its values are [`FactBody::PhysiologyResult`].
    PhysiologyPerformed(Examination),
    /// OMG-13: one value.
    PhysiologyResult(LabResult),
    /// An OBX beside a patient record or an order (height, weight, blood group, infection).
    Observation(LabResult),
    /// OMD.
    Diet(Diet),
    /// ADT-00 IN1, PPR-01 ZI1.
    Insurance(Insurance),
    /// ADT-00 PID.
    Demographics(Demographics),
    /// A study of which images are here: read out of its manifest.
    Study(Study),
}

impl FactBody {
    /// The kind's stable name.
    pub fn kind(&self) -> &'static str {
        match self {
            FactBody::Visit(_) => "visit",
            FactBody::Death(_) => "death",
            FactBody::Diagnosis(_) => "diagnosis",
            FactBody::Allergy(_) => "allergy",
            FactBody::PrescriptionLine(_) => "prescription_line",
            FactBody::InjectionLine(_) => "injection_line",
            FactBody::LabOrder(_) => "lab_order",
            FactBody::LabResult(_) => "lab_result",
            FactBody::Bacteriology(_) => "bacteriology",
            FactBody::ImagingOrder(_) => "imaging_order",
            FactBody::ImagingPerformed(_) => "imaging_performed",
            FactBody::EndoscopyOrder(_) => "endoscopy_order",
            FactBody::EndoscopyPerformed(_) => "endoscopy_performed",
            FactBody::PhysiologyOrder(_) => "physiology_order",
            FactBody::PhysiologyPerformed(_) => "physiology_performed",
            FactBody::PhysiologyResult(_) => "physiology_result",
            FactBody::Observation(_) => "observation",
            FactBody::Diet(_) => "diet",
            FactBody::Insurance(_) => "insurance",
            FactBody::Demographics(_) => "demographics",
            FactBody::Study(_) => "study",
        }
    }
}

/// A visit event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    /// What happened, by data type.
    pub event: VisitEvent,
    /// PV1-2 as sent (`I`, `O`, …).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub patient_class: String,
    /// Department: PV1-10, else the clinic of PV1-3, else the file name's.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
    /// PV1-3 as readable parts: ward, room, bed, or clinic.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub location: Vec<String>,
    /// PV1-6, for transfers.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub previous_location: Vec<String>,
    /// PV1-7 (else PV1-17).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub doctor: String,
    /// PV1-36 退院区分.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub discharge_disposition: String,
    /// When it ends: PV1-45, PV2-47 (expected return), PV2-9.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub until: Option<PartialTime>,
}

/// What a visit message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitEvent {
    /// ADT-12 外来受付
    #[default]
    Outpatient,
    /// ADT-21 入院予定
    AdmissionPlanned,
    /// ADT-22 入院
    Admission,
    /// ADT-31 外出泊
    LeaveOfAbsence,
    /// ADT-32 帰院
    ReturnFromLeave,
    /// ADT-41 転科・転棟予定
    TransferPlanned,
    /// ADT-42 転科・転棟
    Transfer,
    /// ADT-51 退院予定
    DischargePlanned,
    /// ADT-52 退院
    Discharge,
    /// ADT-01 担当医の変更: no stay of its own.
    DoctorChange,
}

/// A death as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Death {
    /// What says so: `PV1-36 = 20`, `PID-29`, `PID-30 = Y`.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub evidence: String,
}

/// A diagnosis (PRB with ZPR).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnosis {
    /// PRB-3: name and code (MDCDX2), prefix and suffix applied only in `name`.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub problem: Coded,
    /// The name to show: prefixes, PRB-3's text, suffixes (ZPR-1, ZPR-3).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub name: String,
    /// ZPR-1, the prefixes by themselves.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub prefixes: Vec<Coded>,
    /// ZPR-3, the suffixes by themselves.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub suffixes: Vec<Coded>,
    /// Under suspicion (PRB-13, or the suffix の疑い): also when it has ended since.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub suspected: bool,
    /// PRB-4, the instance's identifier in its hospital.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub instance_id: String,
    /// PRB-10: ICD-10 and phase.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub classification: Coded,
    /// ICD-10 edition, PRB-10.7 (`2003`, `2013`; empty means 2003).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub icd10_edition: String,
    /// PRB-13 (疑い).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub confirmation: Coded,
    /// PRB-14 outcome.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub outcome: Coded,
    /// PRB-18 (主診断).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub ranking: Coded,
    /// PRB-16 onset.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub onset: Option<PartialTime>,
    /// PRB-7 diagnosed on.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub diagnosed: Option<PartialTime>,
    /// PRB-9 resolved on.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub resolved: Option<PartialTime>,
    /// ORC-17 department and ORC-12 doctor.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
    /// ORC-12.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub doctor: String,
}

/// An allergy or intolerance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Allergy {
    /// IAM-2/AL1-2: DA drug, FA food, EA environment, LA pollen.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub category: Coded,
    /// IAM-3/AL1-3.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub allergen: Coded,
    /// IAM-4/AL1-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub severity: Coded,
    /// IAM-5/AL1-5, every repetition.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub reactions: Vec<String>,
    /// IAM-6 action as sent: `A`, `U`, `D` (deleted: status is cancelled).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub action: String,
    /// IAM-11.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub onset: Option<PartialTime>,
    /// IAM-12, onset in words.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub onset_text: String,
}

/// An imaging, endoscopy or physiology examination, ordered or performed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Examination {
    /// OBR-4 of the parent order.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub procedure: Coded,
    /// OBR-4 of each child order, or ZE1-3: the parts.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub parts: Vec<Coded>,
    /// IPC-5.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub modality: Coded,
    /// IPC-1.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub accession_number: String,
    /// IPC-3.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub study_instance_uid: String,
    /// Further StudyInstanceUIDs of the same request.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub other_study_uids: Vec<String>,
    /// IPC-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub procedure_id: String,
    /// OBR-13 and the order's comment rows, in words.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub notes: Vec<String>,
    /// OBR-36 scheduled.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub scheduled: Option<PartialTime>,
    /// ORC-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub order_number: String,
    /// ORC-12 / OBR-16.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub doctor: String,
    /// ORC-17.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
}

/// A diet order line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Diet {
    /// ODS-1: `D` diet, `S` supplement, `P` preference.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub diet_type: String,
    /// ODS-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub service_period: Coded,
    /// ODS-3.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub diet: Coded,
    /// ODS-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub instructions: String,
    /// TQ1-7.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub start: Option<PartialTime>,
}

/// A health insurance of the patient.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Insurance {
    /// IN1-2 / ZI1-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub plan: Coded,
    /// IN1-3 insurer's number.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub insurer_number: String,
    /// IN1-10 記号.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub symbol: String,
    /// IN1-11 番号.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub number: String,
    /// IN1-12.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub valid_from: Option<PartialTime>,
    /// IN1-13.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub valid_until: Option<PartialTime>,
    /// IN1-17.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub relationship: Coded,
}
