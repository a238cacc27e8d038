//! Whose a file is, and what a document entry needs of it: what the gateway asks before it
//! sends anything.

use crate::care_date::{CareDate, judge};
use crate::derive::{Context, ends_cleanly, is_cancel, remark, text_flags};
use crate::entry::inpatient;
use crate::flags::Flags;
use crate::message_type::{message_type, purpose};
use crate::people;
use crate::reading::{Reading, order_number, text};
use crate::times::Times;
use crate::{MIME_TYPE, codes};
use hl7v2::{Message, ParseError, Segment};
use model::demographics::Demographics;
use model::document::ReferenceId;
use model::hl7::Person;
use model::limits::FACT_LIST_ENTRIES;
use model::reason::{Flag, Reason};
use model::{Coded, DataType, PartialTime};
use std::collections::HashSet;
use text::Report;

/// Type of an order number in referenceIdList (ITI TF-3 4.2.3.2.28).
pub const ORDER_ID_TYPE: &str = "urn:ihe:iti:xds:2013:order";
/// Type of an accession number in referenceIdList.
pub const ACCESSION_ID_TYPE: &str = "urn:ihe:iti:xds:2013:accession";
/// Type of a StudyInstanceUID in referenceIdList.
pub const STUDY_ID_TYPE: &str = "urn:ihe:iti:xds:2016:studyInstanceUID";

/// What the place of a file says of it: its name, its folders, or the header of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// 患者ID, compared exactly.
    pub patient_id: &'a str,
    /// データ種別.
    pub data_type: &'a str,
    /// 診療日: `YYYYMMDD` or `-`.
    pub care_date: &'a str,
    /// 特定キー.
    pub order_key: &'a str,
    /// 発生日時.
    pub sent: &'a str,
    /// 診療科; `-` or empty means none.
    pub department: &'a str,
}

/// What a message says of itself, for its document entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Start of the service: the message's care date where its day is the folder's, else the
    /// folder's; none for undated types.
    pub service_start: Option<PartialTime>,
    /// End of the service as sent: last collection, TQ1-8 or RXA-4 of drugs.
    pub service_stop: Option<PartialTime>,
    /// ORC-12, else PV1-7, else PV1-17.
    pub author: Option<Person>,
    /// ORC-21: the hospital's name as it writes it; may be empty.
    pub institution_name: String,
    /// ORC-17, else PV1-10, else the clinic of PV1-3, else the name's department.
    pub department: Coded,
    /// PV1-2, else ORC-29: in-patient, out-patient, or not said.
    pub inpatient: Option<bool>,
    /// Order numbers, accession numbers, StudyInstanceUIDs, each once.
    pub reference_ids: Vec<ReferenceId>,
    /// IPC-5.
    pub modality: Coded,
    /// PID.
    pub demographics: Demographics,
    /// The message deletes its item (cancel event, every ORC-1 `CA`).
    pub is_delete_message: bool,
    /// MSH-9 with its structure, such as `OUL^R22^OUL_R22`.
    pub message_type: String,
    /// The structure alone, such as `OUL_R22`; empty where it was not sent.
    pub structure: String,
    /// Parts of the title.
    pub title: TitleParts,
    /// Character sets declared and used.
    pub report: Report,
    /// Remarks.
    pub flags: Vec<Flag>,
}

/// What a title is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TitleParts {
    /// The data type's meaning, or its name if it is unknown.
    pub kind: String,
    /// `YYYY-MM-DD`, or empty.
    pub date: String,
    /// The department's text, else its code, or empty.
    pub department: String,
}

impl TitleParts {
    /// The parts of a document's title: what it is, the folder's care date, the department.
    pub(crate) fn new(kind: &str, care_date: &str, department: &Coded) -> TitleParts {
        let day = PartialTime::japan(care_date).ok().map(|time| time.jst_day());
        let date =
            day.map(|day| format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100));
        TitleParts {
            kind: kind.to_owned(),
            date: date.unwrap_or_default(),
            department: department.display().trim().to_owned(),
        }
    }

    /// The title: `検体検査結果 2011-12-19 内科`.
    pub fn compose(&self) -> String {
        let parts = [&self.kind, &self.date, &self.department];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.cloned().collect::<Vec<_>>().join(" ")
    }
}

/// Examines a message of the standardized storage: is it what its folder says, and of the
/// patient that its folder says?
///
/// # Errors
/// The reason for quarantine and a sentence for the operator. The sentence never holds another
/// patient's ID.
pub fn examine(bytes: &[u8], expected: &Expected<'_>) -> Result<Examined, (Reason, String)> {
    let message = Message::parse(bytes).map_err(refusal)?;
    let segments: Vec<Segment<'_>> = message.segments().collect();
    check_patient(&segments, bytes, expected.patient_id)?;
    let data_type = DataType::from_name(expected.data_type);
    let header = segments.first().copied();
    let (code, event) = header.as_ref().map(message_type).unwrap_or_default();
    if let Some(data_type) = data_type {
        check_type(data_type, &code, &event)?;
    }
    let structure = header.map(|msh| msh.field(9).component(3).text().trim().to_owned());
    let structure = structure.unwrap_or_default();
    let written = [code, event, structure.clone()];
    let message_type = written.join("^").trim_end_matches('^').to_owned();
    let report = message.report().clone();
    let is_delete_message = data_type.is_some_and(|known| is_cancel(&segments, known));
    let context = Context {
        data_type: expected.data_type,
        care_date: expected.care_date,
        department: expected.department,
        sent: expected.sent,
        title: "",
        mime_type: MIME_TYPE,
    };
    let mut times = Times::new(expected.sent);
    let found = match data_type {
        Some(known) => {
            remark(&message, &segments, bytes, known, &mut times.flags);
            judge(&segments, known, is_delete_message, expected.care_date, &mut times)
        }
        None => {
            text_flags(&report, &mut times.flags);
            times.flags.add(Flag::UnknownType);
            CareDate::default()
        }
    };
    if order_key_differs(&segments, data_type, expected.order_key) {
        times.flags.add(Flag::OrderKeyDiffers);
    }
    // Who reads these needs no data type; any will do for one that is unknown.
    let reading =
        Reading::new(segments, &context, data_type.unwrap_or(DataType::Adt00), is_delete_message);
    let pid = reading.first("PID");
    let demographics = pid.map(|pid| people::demographics(&pid, &mut times)).unwrap_or_default();
    if let Some(birth) = &demographics.birth {
        times.is_plausible(birth);
    }
    let (service_start, service_stop) =
        service(&reading, data_type, found, expected.care_date, &mut times);
    let department = department(&reading, expected.department);
    Ok(Examined {
        title: TitleParts::new(
            data_type.map_or(expected.data_type, |known| known.meaning()),
            expected.care_date,
            &department,
        ),
        service_start,
        service_stop,
        author: author(&reading),
        institution_name: reading.first("ORC").map(|orc| text(orc.field(21))).unwrap_or_default(),
        department,
        inpatient: inpatient(&reading),
        reference_ids: reference_ids(&reading.segments),
        modality: reading.first("IPC").map(|ipc| codes::coded(ipc.field(5))).unwrap_or_default(),
        demographics,
        is_delete_message,
        message_type,
        structure,
        report,
        flags: into_flags(times),
    })
}

fn into_flags(times: Times) -> Vec<Flag> {
    let flags: Flags = times.flags;
    flags.into_vec()
}

pub(crate) fn refusal(error: ParseError) -> (Reason, String) {
    let reason = match error {
        ParseError::Empty => Reason::Empty,
        ParseError::NotHl7 { .. } => Reason::NotHl7,
        ParseError::Truncated { .. } => Reason::Truncated,
        ParseError::TooLarge { .. } | ParseError::SegmentTooLarge { .. } => Reason::TooLarge,
        ParseError::TooManySegments => Reason::TooManySegments,
    };
    (reason, error.to_string())
}

/// Every PID of the message must be of the expected patient: the first decides, and a later one
/// may not contradict it.
pub(crate) fn check_patient(
    segments: &[Segment<'_>],
    bytes: &[u8],
    expected: &str,
) -> Result<(), (Reason, String)> {
    let pids = || segments.iter().filter(|segment| segment.name() == "PID");
    let Some(first) = pids().next() else {
        let only_head = segments.iter().all(|one| matches!(one.name(), "MSH" | "EVN" | "SFT"));
        return Err(if only_head {
            (Reason::Truncated, "the message ends before its PID".to_owned())
        } else {
            (Reason::PatientUnknown, "the message has no PID segment".to_owned())
        });
    };
    let is_last = segments.last().is_some_and(|last| last.index() == first.index());
    if is_last && !ends_cleanly(bytes) && first.fields().all(|(number, _)| number <= 3) {
        return Err((Reason::Truncated, "the message ends inside its PID".to_owned()));
    }
    if !has_patient_id(first) {
        return Err((Reason::PatientUnknown, "PID-3 is empty".to_owned()));
    }
    for pid in pids() {
        if !has_patient_id(pid) {
            continue;
        }
        if pid.field(3).raw().contains([text::DAMAGE_MARK, text::GAIJI_MARK]) {
            let detail = format!("PID-3 of segment {} cannot be decoded", pid.index());
            return Err((Reason::PatientUndecodable, detail));
        }
        if !is_of_patient(pid, expected) {
            let detail = format!(
                "PID-3 of segment {} is not the patient of folder and name; \
                 have the hospital correct the storage",
                pid.index()
            );
            return Err((Reason::PatientMismatch, detail));
        }
    }
    Ok(())
}

fn has_patient_id(pid: &Segment<'_>) -> bool {
    pid.field(3).repetitions().any(|repetition| !repetition.component(1).text().trim().is_empty())
}

/// CX.1 of the first repetition, or of one of type `PI`, equals the patient ID exactly.
fn is_of_patient(pid: &Segment<'_>, expected: &str) -> bool {
    let field = pid.field(3);
    let first = field.first();
    let of_type = |kind: &'static str| {
        field.repetitions().find(|repetition| repetition.component(5).raw().trim() == kind)
    };
    let decisive = of_type("PI").unwrap_or(first);
    decisive.component(1).text() == expected
}

fn check_type(data_type: DataType, code: &str, event: &str) -> Result<(), (Reason, String)> {
    if purpose(data_type, code, event).is_some() {
        return Ok(());
    }
    let expected = crate::message_type::expectation(data_type);
    let found: String =
        format!("{code}^{event}").chars().filter(|c| !c.is_control()).take(24).collect();
    let detail = format!(
        "MSH-9 is {found}, but {} holds {}^{}",
        data_type.name(),
        expected.code,
        expected.events.first().copied().unwrap_or_default()
    );
    Err((Reason::TypeMismatch, detail))
}

/// Keys that stand for "no order" name none. Leading zeros are padding.
fn order_key_differs(segments: &[Segment<'_>], data_type: Option<DataType>, key: &str) -> bool {
    let is_order =
        data_type.is_some_and(|known| !known.name().starts_with("ADT") && known != DataType::Ppr01);
    let bare = |number: &str| number.trim_start_matches('0').to_owned();
    if !is_order || key.bytes().all(|byte| byte == b'9') {
        return false;
    }
    let numbers: Vec<String> = segments
        .iter()
        .filter(|segment| matches!(segment.name(), "ORC" | "OBR"))
        .map(|segment| bare(&order_number(segment.field(2))))
        .filter(|number| !number.is_empty())
        .collect();
    !numbers.is_empty() && !numbers.contains(&bare(key))
}

fn author(reading: &Reading<'_>) -> Option<Person> {
    let from = |name: &str, field: u32| people::staff(reading.first(name)?.field(field));
    from("ORC", 12).or_else(|| from("PV1", 7)).or_else(|| from("PV1", 17))
}

fn department(reading: &Reading<'_>, of_name: &str) -> Coded {
    let sent = reading.department(reading.first("ORC"));
    if !sent.is_empty() || of_name == "-" { sent } else { codes::plain(of_name) }
}

fn reference_ids(segments: &[Segment<'_>]) -> Vec<ReferenceId> {
    let mut ids: Vec<ReferenceId> = Vec::new();
    let mut known: HashSet<ReferenceId> = HashSet::new();
    let mut add = |id: String, id_type: &str| {
        let one = ReferenceId { id, id_type: id_type.to_owned(), ..ReferenceId::default() };
        let has_room = ids.len() < FACT_LIST_ENTRIES as usize;
        if has_room && !one.id.is_empty() && known.insert(one.clone()) {
            ids.push(one);
        }
    };
    for segment in segments {
        match segment.name() {
            "ORC" => add(order_number(segment.field(2)), ORDER_ID_TYPE),
            "IPC" => {
                add(order_number(segment.field(1)), ACCESSION_ID_TYPE);
                add(order_number(segment.field(3)), STUDY_ID_TYPE);
            }
            _ => {}
        }
    }
    ids
}

/// Start and end of the service. TQ1 gives those of drugs, PV1-45 the end of a stay; the care
/// date gives the rest.
fn service(
    reading: &Reading<'_>,
    data_type: Option<DataType>,
    found: CareDate,
    folder: &str,
    times: &mut Times,
) -> (Option<PartialTime>, Option<PartialTime>) {
    let plausible =
        |time: Option<PartialTime>, times: &mut Times| time.filter(|time| times.is_plausible(time));
    let start = plausible(found.time, times).or_else(|| PartialTime::japan(folder).ok());
    let mut stop = plausible(found.last, times);
    match data_type {
        Some(DataType::Omp01 | DataType::Omp02) => {
            let ends = reading.all("TQ1");
            stop =
                ends.iter().filter_map(|tq1| times.read(tq1.field(8))).max_by_key(|one| one.first);
        }
        Some(DataType::Omp11 | DataType::Omp12) => {
            let ends = reading.all("RXA");
            stop =
                ends.iter().filter_map(|rxa| times.read(rxa.field(4))).max_by_key(|one| one.first);
        }
        _ => {}
    }
    let stop = stop.filter(|stop| start.as_ref().is_none_or(|start| stop.first >= start.first));
    (start, stop)
}
