//! From a plan's file to the message that is sent: links, ids, ebRIM 3.0, documents.

use super::allot::{self, Allotted, Ids};
use super::base64;
use super::element::{Element, Node};
use super::kit;
use super::links::{Link, PATIENT};
use super::log;
use super::mtom::{self, Part};
use super::transaction::{Kind, Transaction};
use super::translate;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Namespace of XDS.b's messages.
const XDS: &str = "urn:ihe:iti:xds-b:2007";

/// A message that is ready.
#[derive(Debug)]
pub struct Prepared {
    /// What the body holds.
    pub body: Element,
    /// Parts beside the envelope; `None` for plain SOAP.
    pub parts: Option<Vec<Part>>,
    /// What was allotted, for the step's log.
    pub allotted: Vec<Element>,
    /// Values that later steps may use.
    pub reports: Vec<(String, String)>,
    /// Bytes of documents by uniqueId.
    pub submitted: BTreeMap<String, Vec<u8>>,
}

/// Prepares the message of a transaction; symbols without a value may stay in a message that is
/// to be refused for another reason.
pub fn prepare(
    plan: &Transaction,
    directory: &Path,
    links: &[Link],
    patient: &str,
    ids: &mut Ids,
    may_keep_symbols: bool,
) -> Result<Prepared> {
    let file = plan.metadata_file.as_deref().context("no MetadataFile")?;
    let path = directory.join(file);
    let mut body = Element::parse(&kit::read(&path)?).with_context(|| file.to_owned())?;
    for (symbol, value) in links {
        body.replace(symbol, value);
    }
    if !patient.is_empty() {
        body.replace(PATIENT, patient);
    }
    if plan.clean_parameters {
        clean(&mut body);
    }
    let mut prepared = Prepared {
        body,
        parts: (plan.kind == Kind::Retrieve).then(Vec::new),
        allotted: Vec::new(),
        reports: match patient {
            "" => Vec::new(),
            patient => vec![(PATIENT.to_owned(), patient.to_owned())],
        },
        submitted: BTreeMap::new(),
    };
    let (mut uids, mut uuids) = (Allotted::new(), Allotted::new());
    if plan.parse && plan.kind.submits() {
        let body = &mut prepared.body;
        if plan.assign_patient {
            let allotted = allot::patient(body, patient);
            prepared.allotted.push(log::allotted("AssignedPatientId", &allotted));
        }
        uids = allot::unique_ids(body, plan, ids);
        prepared.allotted.push(log::allotted("AssignedUids", &uids));
        let source = allot::source(body, ids);
        prepared.allotted.push(log::allotted("AssignedSourceId", &source));
        if plan.assign_uuids {
            uuids = allot::uuids(body, ids)?;
            prepared.allotted.push(log::allotted("AssignedUuids", &uuids));
        }
        if plan.convert {
            prepared.body = translate::submit_request(body)?;
        }
        let named = |allotted: &Allotted, suffix: &str| -> Vec<_> {
            allotted.iter().map(|(id, new)| (format!("{id}{suffix}"), new.clone())).collect()
        };
        prepared.reports.extend(named(&uids, "_uid"));
        prepared.reports.extend(named(&uuids, "_uuid"));
    }
    if !may_keep_symbols {
        symbols_are_gone(&prepared.body)?;
    }
    if plan.kind == Kind::ProvideAndRegister {
        provide(&mut prepared, plan, directory, &uids, &uuids)?;
    }
    Ok(prepared)
}

/// Puts the documents beside the metadata.
fn provide(
    prepared: &mut Prepared,
    plan: &Transaction,
    directory: &Path,
    uids: &Allotted,
    uuids: &Allotted,
) -> Result<()> {
    let metadata = std::mem::take(&mut prepared.body);
    let mut body = Element::within(XDS, "ProvideAndRegisterDocumentSetRequest").and(metadata);
    let mut parts = Vec::new();
    for (id, file) in &plan.documents {
        let bytes = std::fs::read(directory.join(file)).with_context(|| file.clone())?;
        let entry = uuids.get(id).unwrap_or(id);
        let document = Element::within(XDS, "Document").with("id", entry);
        if let Some(uid) = uids.get(id) {
            prepared.submitted.insert(uid.clone(), bytes.clone());
        }
        let document = match plan.mtom {
            true => {
                let part = Part { id: format!("{}.document@nist.test", parts.len()), bytes };
                let document = document.and(mtom::include(&part.id));
                parts.push(part);
                document
            }
            false => document.holding(&base64::encode(&bytes)),
        };
        body.children.push(Node::Element(document));
    }
    prepared.body = body;
    prepared.parts = plan.mtom.then_some(parts);
    Ok(())
}

/// Leaves out parameters whose symbols got no value.
fn clean(body: &mut Element) {
    body.change_all(&mut |element| {
        element.attributes.retain(|(_, value)| symbol(value).is_none());
        element.children.retain(|node| match node {
            Node::Element(one) => !(one.name == "Value" && symbol(&one.text()).is_some()),
            Node::Text(_) => true,
        });
    });
    body.change_all(&mut |element| {
        element.children.retain(|node| match node {
            Node::Element(one) => match one.name.as_str() {
                "Slot" => one.find("Value").is_some(),
                "DocumentRequest" => !one.walk().iter().any(|part| symbol(&part.text()).is_some()),
                _ => true,
            },
            Node::Text(_) => true,
        });
    });
}

/// No `$symbol$` may be sent: the server would be graded for a value that nobody gave.
fn symbols_are_gone(body: &Element) -> Result<()> {
    for element in body.walk() {
        let texts = element.attributes.iter().map(|(_, value)| value.clone());
        if let Some(symbol) = texts.chain([element.text()]).find_map(|text| symbol(&text)) {
            bail!("nothing gives {symbol} a value");
        }
    }
    Ok(())
}

/// The first `$symbol$` of a text.
fn symbol(text: &str) -> Option<String> {
    let mut pieces = text.split('$').skip(1).peekable();
    while let Some(piece) = pieces.next() {
        let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
        if pieces.peek().is_some() && !piece.is_empty() && piece.chars().all(is_name) {
            return Some(format!("${piece}$"));
        }
    }
    None
}

/// Links that every plan may use: times and the day of today, in UTC.
pub fn standing_links() -> Vec<Link> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    const YEAR_S: u64 = 365 * 86_400;
    vec![
        ("$now$".to_owned(), dtm(now)),
        ("$lastyear$".to_owned(), dtm(now - YEAR_S)),
        ("$DATE$".to_owned(), dtm(now)[..8].to_owned()),
    ]
}

/// Seconds since 1970 as `YYYYMMDDhhmmss`.
fn dtm(seconds: u64) -> String {
    // Days are counted from 0000-03-01, so that a leap day ends its year.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let rest = seconds % 86_400;
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_seen_and_parameter_names_are_not() {
        assert_eq!(symbol("('$uid$')").as_deref(), Some("$uid$"));
        assert_eq!(symbol("$XDSDocumentEntryPatientId"), None);
        assert_eq!(symbol("5$ and 6$"), None);
        let query = |value: &str| {
            Element::parse(&format!(
                "<Q><Slot name=\"$XDSDocumentEntryUniqueId\"><ValueList><Value>{value}</Value>\
                 </ValueList></Slot></Q>"
            ))
            .unwrap()
        };
        assert!(symbols_are_gone(&query("('1.2')")).is_ok());
        assert!(symbols_are_gone(&query("('$uid$')")).is_err());
        let mut cleaned = query("('$uid$')");
        clean(&mut cleaned);
        assert_eq!(cleaned.write(), "<Q/>");
    }

    #[test]
    fn times_are_of_the_calendar() {
        assert_eq!(dtm(0), "19700101000000");
        assert_eq!(dtm(951_782_399), "20000228235959");
        assert_eq!(dtm(951_782_400), "20000229000000");
        assert_eq!(dtm(1_735_689_599), "20241231235959");
    }
}
