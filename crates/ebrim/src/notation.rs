//! The HL7 v2 data types as XDS metadata write them (ITI TF-3 table 4.2.3.1.7-2): CX, XCN, XON,
//! CXi, DTM. What the typed form cannot say again exactly stays beside it as it was sent.

use model::date::{DefaultZone, Precision, civil_from_days};
use model::document::ReferenceId;
use model::hl7::{AssigningAuthority, Organization, PatientId, Person};
use model::{PartialTime, Timestamp};
use std::borrow::Cow;

/// Reads a patient ID: `id^^^&oid&ISO`, a namespace before the OID allowed (CX).
///
/// # Errors
/// What is wrong, as a clause.
pub fn read_cx(text: &str) -> Result<PatientId, &'static str> {
    let parts: Vec<&str> = text.trim().split('^').collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let (namespace, oid, kind) = hierarchic(part(3));
    if part(0).is_empty() {
        return Err("has no ID");
    }
    if oid.is_empty() || kind != "ISO" || !is_oid(oid) {
        return Err("has no assigning authority of the form &OID&ISO");
    }
    if parts.iter().enumerate().any(|(index, part)| index != 0 && index != 3 && !part.is_empty()) {
        return Err("has components other than the ID and its assigning authority");
    }
    let authority = AssigningAuthority { namespace: unescape(namespace), oid: oid.to_owned() };
    Ok(PatientId { id: unescape(part(0)), authority })
}

/// Writes a patient ID (CX).
pub fn cx(id: &PatientId) -> String {
    let mut text = String::with_capacity(id.id.len() + id.authority.oid.len() + 12);
    push_escaped(&mut text, &id.id);
    text.push_str("^^^");
    push_authority(&mut text, &id.authority);
    text
}

/// Reads a person (XCN). Never fails: what it cannot say in parts is kept whole.
pub fn read_xcn(text: &str) -> Person {
    let parts: Vec<&str> = text.split('^').collect();
    let part = |index: usize| unescape(parts.get(index).copied().unwrap_or_default());
    let (namespace, oid, _) = hierarchic(parts.get(8).copied().unwrap_or_default());
    let mut person = Person {
        id: part(0),
        family: part(1),
        given: part(2),
        second: part(3),
        suffix: part(4),
        prefix: part(5),
        degree: part(6),
        authority: AssigningAuthority { namespace: unescape(namespace), oid: unescape(oid) },
        as_sent: String::new(),
    };
    if xcn(&person) != text {
        person.as_sent = text.to_owned();
    }
    person
}

/// Writes a person (XCN).
pub fn xcn(person: &Person) -> Cow<'_, str> {
    if !person.as_sent.is_empty() {
        return Cow::Borrowed(&person.as_sent);
    }
    let mut text = String::with_capacity(64);
    let parts = [
        &person.id,
        &person.family,
        &person.given,
        &person.second,
        &person.suffix,
        &person.prefix,
        &person.degree,
    ];
    for part in parts {
        push_escaped(&mut text, part);
        text.push('^');
    }
    if !person.authority.is_empty() {
        text.push('^');
        push_authority(&mut text, &person.authority);
    }
    text.truncate(text.trim_end_matches('^').len());
    Cow::Owned(text)
}

/// Reads an organisation (XON). Never fails: what it cannot say in parts is kept whole.
pub fn read_xon(text: &str) -> Organization {
    let parts: Vec<&str> = text.split('^').collect();
    let part = |index: usize| unescape(parts.get(index).copied().unwrap_or_default());
    let (_, oid, _) = hierarchic(parts.get(5).copied().unwrap_or_default());
    let mut organization = Organization {
        name: part(0),
        id: part(9),
        authority_oid: unescape(oid),
        as_sent: String::new(),
    };
    if xon(&organization) != text {
        organization.as_sent = text.to_owned();
    }
    organization
}

/// Writes an organisation (XON).
pub fn xon(organization: &Organization) -> Cow<'_, str> {
    if !organization.as_sent.is_empty() {
        return Cow::Borrowed(&organization.as_sent);
    }
    let mut text = String::with_capacity(64);
    push_escaped(&mut text, &organization.name);
    if !organization.id.is_empty() || !organization.authority_oid.is_empty() {
        text.push_str("^^^^^");
        if !organization.authority_oid.is_empty() {
            text.push('&');
            push_escaped(&mut text, &organization.authority_oid);
            text.push_str("&ISO");
        }
        text.push_str("^^^^");
        push_escaped(&mut text, &organization.id);
    }
    text.truncate(text.trim_end_matches('^').len());
    Cow::Owned(text)
}

/// Reads a reference ID (CXi): `id^^^&oid&ISO^type`. Never fails.
pub fn read_cxi(text: &str) -> ReferenceId {
    let parts: Vec<&str> = text.split('^').collect();
    let part = |index: usize| unescape(parts.get(index).copied().unwrap_or_default());
    let (_, oid, _) = hierarchic(parts.get(3).copied().unwrap_or_default());
    let mut id = ReferenceId {
        id: part(0),
        authority_oid: unescape(oid),
        id_type: part(4),
        as_sent: String::new(),
    };
    if cxi(&id) != text {
        id.as_sent = text.to_owned();
    }
    id
}

/// Writes a reference ID (CXi).
pub fn cxi(id: &ReferenceId) -> Cow<'_, str> {
    if !id.as_sent.is_empty() {
        return Cow::Borrowed(&id.as_sent);
    }
    let mut text = String::with_capacity(64);
    push_escaped(&mut text, &id.id);
    text.push_str("^^^");
    if !id.authority_oid.is_empty() {
        text.push('&');
        push_escaped(&mut text, &id.authority_oid);
        text.push_str("&ISO");
    }
    text.push('^');
    push_escaped(&mut text, &id.id_type);
    Cow::Owned(text)
}

/// Reads a time (DTM): `YYYY[MM[DD[hh[mm[ss]]]]]`, UTC.
pub fn read_dtm(text: &str) -> Option<PartialTime> {
    if !is_dtm(text) {
        return None;
    }
    PartialTime::parse(text, DefaultZone::Utc).ok()
}

/// Writes a time (DTM). One that was received as a DTM goes out as it came. Others — of our
/// hospitals, in Japan's time — become UTC, to the hour at least: the day in UTC would be
/// another day.
pub fn dtm(time: &PartialTime) -> Cow<'_, str> {
    match read_dtm(&time.digits) {
        Some(read) if read.first == time.first => Cow::Borrowed(&time.digits),
        _ => Cow::Owned(utc_digits(time.first, time.precision.max(Precision::Hour))),
    }
}

/// An instant as DTM to the second.
pub fn dtm_of(at: Timestamp) -> String {
    utc_digits(at, Precision::Second)
}

/// Whether a text is an OID of at most 64 characters.
pub fn is_oid(text: &str) -> bool {
    let is_arc = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|byte| byte.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    text.len() <= 64 && text.contains('.') && text.split('.').all(is_arc)
}

fn is_dtm(text: &str) -> bool {
    matches!(text.len(), 4 | 6 | 8 | 10 | 12 | 14)
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.get(8..10).is_none_or(|hour| hour < "24")
}

fn utc_digits(at: Timestamp, precision: Precision) -> String {
    let (year, month, day) = civil_from_days(at.0.div_euclid(Timestamp::DAY_US));
    let second = at.0.rem_euclid(Timestamp::DAY_US) / Timestamp::SECOND_US;
    let mut digits = format!(
        "{:04}{month:02}{day:02}{:02}{:02}{:02}",
        year.clamp(0, 9999),
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    digits.truncate(match precision {
        Precision::Year => 4,
        Precision::Month => 6,
        Precision::Day => 8,
        Precision::Hour => 10,
        Precision::Minute => 12,
        Precision::Second => 14,
    });
    digits
}

/// Namespace, ID and type of an assigning authority (HD).
fn hierarchic(text: &str) -> (&str, &str, &str) {
    let mut parts = text.splitn(3, '&');
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}

fn push_authority(text: &mut String, authority: &AssigningAuthority) {
    push_escaped(text, &authority.namespace);
    if !authority.oid.is_empty() {
        text.push('&');
        push_escaped(text, &authority.oid);
        text.push_str("&ISO");
    }
}

/// Appends a text with HL7's delimiters escaped (HL7 v2.5 2.7).
pub(crate) fn push_escaped(to: &mut String, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b'^' | b'&' | b'~' | b'|' | b'\\')) {
        return to.push_str(text);
    }
    for character in text.chars() {
        match character {
            '^' => to.push_str("\\S\\"),
            '&' => to.push_str("\\T\\"),
            '~' => to.push_str("\\R\\"),
            '|' => to.push_str("\\F\\"),
            '\\' => to.push_str("\\E\\"),
            other => to.push(other),
        }
    }
}

/// A text with HL7's escapes undone; what is no escape of a delimiter stays.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let delimiter = match rest.as_bytes() {
            [_, b'S', b'\\', ..] => '^',
            [_, b'T', b'\\', ..] => '&',
            [_, b'R', b'\\', ..] => '~',
            [_, b'F', b'\\', ..] => '|',
            [_, b'E', b'\\', ..] => '\\',
            _ => {
                plain.push('\\');
                rest = &rest[1..];
                continue;
            }
        };
        plain.push(delimiter);
        rest = &rest[3..];
    }
    plain.push_str(rest);
    plain
}
