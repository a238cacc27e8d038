//! Bytes into facts and a timeline line: pure and total.

use crate::entry;
use crate::facts;
use crate::flags::Flags;
use crate::message_type::{Purpose, message_type, purpose};
use crate::reading::{Reading, is_named};
use crate::{MIME_TYPE, care_date};
use hl7v2::{Message, Segment};
use model::DataType;
use model::entry::TimelineEntry;
use model::fact::Fact;
use model::reason::Flag;
use text::{CharacterSet, Report, Verdict};

/// What is known of a document beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// Data type such as `OML-11`; for the extended storage the name of the data-kind folder.
    pub data_type: &'a str,
    /// 診療日 of the folder: `YYYYMMDD` or `-`.
    pub care_date: &'a str,
    /// 診療科 of the name; `-` or empty means none.
    pub department: &'a str,
    /// 発生日時 of the name or record.
    pub sent: &'a str,
    /// Title of the document entry.
    pub title: &'a str,
    /// MIME type of the document entry; [`MIME_TYPE`] for messages.
    pub mime_type: &'a str,
}

/// What is read out of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// Its facts, in the order of the message.
    pub facts: Vec<Fact>,
    /// Its line on the timeline.
    pub entry: TimelineEntry,
    /// Character sets declared and used.
    pub report: Report,
    /// Remarks.
    pub flags: Vec<Flag>,
}

/// Reads the facts and the timeline line of a document. Never fails: a document of an unknown
/// data type, of the extended storage, or that is no message has a line and no facts.
///
/// The same bytes and context give the same answer for one [`crate::RULES_VERSION`].
pub fn derive(bytes: &[u8], context: &Context<'_>) -> Derived {
    let is_message = context.mime_type == MIME_TYPE;
    match (DataType::from_name(context.data_type), is_message.then(|| Message::parse(bytes))) {
        (Some(data_type), Some(Ok(message))) => of_message(&message, bytes, context, data_type),
        (None, Some(Ok(message))) => of_unknown(&message, context),
        _ => of_document(bytes, context),
    }
}

fn of_message(
    message: &Message,
    bytes: &[u8],
    context: &Context<'_>,
    data_type: DataType,
) -> Derived {
    let segments: Vec<Segment<'_>> = message.segments().collect();
    let is_cancel = is_cancel(&segments, data_type);
    let mut reading = Reading::new(segments, context, data_type, is_cancel);
    facts::read(&mut reading);
    let entry = entry::of_message(&reading);
    let mut times = std::mem::take(&mut reading.times);
    care_date::judge(&reading.segments, data_type, is_cancel, context.care_date, &mut times);
    remark(message, &reading.segments, bytes, data_type, &mut times.flags);
    reading.times = times;
    let (facts, flags) = reading.finish();
    Derived { facts, entry, report: message.report().clone(), flags: flags.into_vec() }
}

/// An unknown data type of the standardized storage, or HL7 v2 in the extended one.
fn of_unknown(message: &Message, context: &Context<'_>) -> Derived {
    let mut flags = Flags::default();
    if !context.data_type.contains('^') {
        flags.add(Flag::UnknownType);
    }
    text_flags(message.report(), &mut flags);
    let entry = entry::of_document(context.data_type, context.department);
    Derived { facts: Vec::new(), entry, report: message.report().clone(), flags: flags.into_vec() }
}

fn of_document(bytes: &[u8], context: &Context<'_>) -> Derived {
    let mut flags = Flags::default();
    let report = document_report(bytes, context.mime_type);
    text_flags(&report, &mut flags);
    let entry = entry::of_document(context.data_type, context.department);
    Derived { facts: Vec::new(), entry, report, flags: flags.into_vec() }
}

/// Texts are read to see whether they can be; everything else has no character set of its own.
pub(crate) fn document_report(bytes: &[u8], mime_type: &str) -> Report {
    let is_text = mime_type.starts_with("text/") || mime_type == MIME_TYPE;
    if !is_text {
        return Report {
            declared: Vec::new(),
            used: CharacterSet::Ascii,
            verdict: Verdict::AsDeclared,
            damage_count: 0,
            gaiji_count: 0,
        };
    }
    let used = text::detect(bytes);
    let decoded = text::decode(bytes, used);
    let declared = declared_encoding(&decoded.text);
    Report::new(declared, used, decoded.damage_count, decoded.gaiji_count)
}

/// The encoding of an XML declaration or the charset of an HTML head.
fn declared_encoding(text: &str) -> Option<&str> {
    const HEAD_BYTES: usize = 1_024;
    let end = (0..=HEAD_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let head = text.get(..end)?;
    let from =
        ["encoding=", "charset="].iter().find_map(|name| Some(head.find(name)? + name.len()))?;
    let value = head.get(from..)?.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c)));
    value.get(..end.unwrap_or(value.len())).filter(|value| !value.is_empty())
}

/// Whether the message cancels its item: by its event, or because every order of it is `CA`.
pub(crate) fn is_cancel(segments: &[Segment<'_>], data_type: DataType) -> bool {
    let header = segments.first().map(message_type);
    let by_event = header
        .is_some_and(|(code, event)| purpose(data_type, &code, &event) == Some(Purpose::Cancel));
    let mut orders = segments.iter().filter(|segment| is_named(segment, "ORC")).peekable();
    let by_order = data_type != DataType::Ppr01
        && orders.peek().is_some()
        && orders.all(|order| order.field(1).raw().trim() == "CA");
    by_event || by_order
}

/// Remarks on the whole message.
pub(crate) fn remark(
    message: &Message,
    segments: &[Segment<'_>],
    bytes: &[u8],
    data_type: DataType,
    flags: &mut Flags,
) {
    text_flags(message.report(), flags);
    if is_cut_short(segments, bytes, data_type) {
        flags.add(Flag::Truncated);
    }
}

pub(crate) fn text_flags(report: &Report, flags: &mut Flags) {
    if report.damage_count > 0 {
        flags.add(Flag::TextDamaged);
    }
    if report.verdict == Verdict::Differs {
        flags.add(Flag::CharacterSetDiffers);
    }
}

/// Whether the message ends too early: its last segment has no end, and it lacks what its data
/// type is about, or what the segments before it of the same name have.
fn is_cut_short(segments: &[Segment<'_>], bytes: &[u8], data_type: DataType) -> bool {
    if ends_cleanly(bytes) {
        return false;
    }
    let has =
        |names: &[&str]| segments.iter().any(|one| names.iter().any(|name| is_named(one, name)));
    if !has(essential(data_type)) {
        return true;
    }
    let Some(last) = segments.last() else { return true };
    let status_is_missing = |row: &Segment<'_>| row.field(11).is_empty();
    let rows = || segments.iter().filter(|one| is_named(one, "OBX"));
    let is_odd_row = is_named(last, "OBX")
        && status_is_missing(last)
        && rows().filter(|row| !status_is_missing(row)).count() > 0;
    let header_alone = last.fields().next().is_none() && last.name() != "MSH";
    is_odd_row || header_alone
}

pub(crate) fn ends_cleanly(bytes: &[u8]) -> bool {
    let end = bytes.iter().rev().find(|byte| !matches!(byte, 0 | b' '));
    matches!(end, Some(b'\r' | b'\n' | 0x1C))
}

/// Segments without which a message of the type says nothing.
fn essential(data_type: DataType) -> &'static [&'static str] {
    use DataType as T;
    match data_type {
        T::Adt00 => &["PID"],
        T::Adt61 => &["IAM", "AL1"],
        T::Ppr01 => &["PRB"],
        T::Omd => &["ODS"],
        T::Omp01 | T::Omp02 => &["RXE", "RXC"],
        T::Omp11 | T::Omp12 => &["RXA", "RXE"],
        T::Oml01 | T::Omg01 | T::Omg02 | T::Omg03 | T::Omg11 | T::Omg12 => &["OBR", "OBX"],
        T::Oml11 | T::Omg13 => &["OBX"],
        _ => &["PV1"],
    }
}
