//! What our own gateways say beyond XDS: slots named `urn:musubi:…`, and demographics as the
//! lines of sourcePatientInfo. Read only from senders who are gateways of ours.

use crate::notation::{self, dtm, push_escaped, unescape};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use model::document::{DocumentEntry, ExtraSlot, IntakeOrigin};
use model::hl7::PatientId;
use model::item::{ItemKey, Storage, VersionState};
use model::reason::Flag;

const SOURCE: &str = "urn:musubi:source";
const ITEM: &str = "urn:musubi:item";
const VERSION: &str = "urn:musubi:version";
const FLAGS: &str = "urn:musubi:flags";
const TIMES: &str = "urn:musubi:times";
const PATIENT: &str = "urn:musubi:patient";

/// The slots of an entry: whatever of it has no place in XDS.
pub(crate) fn slots(entry: &DocumentEntry) -> Vec<ExtraSlot> {
    let mut slots = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        slots.push(ExtraSlot { name: name.to_owned(), values });
    };
    if let Some(intake) = &entry.intake {
        let item = &intake.item;
        let storage = match item.storage {
            Storage::Standardized => "standardized",
            Storage::Extended => "extended",
            Storage::Images => "images",
        };
        add(SOURCE, vec![intake.source.clone(), intake.department.clone()]);
        add(
            ITEM,
            vec![
                storage.to_owned(),
                item.patient_id.clone(),
                item.care_date.clone(),
                item.data_type.clone(),
                item.order_key.clone(),
            ],
        );
        let kind = if intake.is_delete_message { "delete-message" } else { "" };
        add(VERSION, vec![intake.sent.clone(), intake.state.flag().to_string(), kind.to_owned()]);
        if !intake.flags.is_empty() {
            add(FLAGS, intake.flags.iter().map(|flag| flag.code().to_owned()).collect());
        }
    }
    let times: Vec<String> = [
        ("creation", Some(&entry.creation_time)),
        ("start", entry.service_start.as_ref()),
        ("stop", entry.service_stop.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, time)| Some((name, time?)))
    .filter(|(_, time)| dtm(time) != time.digits)
    .filter(|(_, time)| PartialTime::japan(&time.digits).as_ref() == Ok(time))
    .map(|(name, time)| format!("{name} {}", time.digits))
    .collect();
    if !times.is_empty() {
        add(TIMES, times);
    }
    if entry.source_patient_info.is_some() && entry.source_patient_lines.is_empty() {
        add(PATIENT, vec!["lines".to_owned()]);
    }
    slots
}

/// Takes the slots of [`slots`] out of an entry's extra slots. What does not read as ours stays.
pub(crate) fn take(entry: &mut DocumentEntry) {
    let value = |entry: &DocumentEntry, name: &str| -> Option<Vec<String>> {
        entry.extra.iter().find(|slot| slot.name == name).map(|slot| slot.values.clone())
    };
    let mut taken: Vec<&str> = Vec::new();
    let origin = (value(entry, SOURCE), value(entry, ITEM), value(entry, VERSION));
    if let (Some(source), Some(item), Some(version)) = origin
        && let Some(intake) = origin_of(&source, &item, &version, value(entry, FLAGS))
    {
        entry.intake = Some(intake);
        taken.extend([SOURCE, ITEM, VERSION, FLAGS]);
    }
    if let Some(times) = value(entry, TIMES) {
        times.iter().for_each(|line| restore(entry, line));
        taken.push(TIMES);
    }
    if value(entry, PATIENT).is_some() {
        let demographics = demographics(&entry.source_patient_lines);
        if lines(&entry.source_patient_id, &demographics) == entry.source_patient_lines {
            entry.source_patient_info = Some(Box::new(demographics));
            entry.source_patient_lines.clear();
            taken.push(PATIENT);
        }
    }
    entry.extra.retain(|slot| !taken.contains(&slot.name.as_str()));
}

/// The lines of sourcePatientInfo (ITI TF-3 4.2.3.2.23): name in both representations, birth,
/// sex, address, phones, death, and the ID itself.
pub(crate) fn lines(id: &PatientId, person: &Demographics) -> Vec<String> {
    let mut lines = Vec::with_capacity(8);
    if !id.id.is_empty() {
        lines.push(format!("PID-3|{}", notation::cx(id)));
    }
    for (name, representation) in [(&person.name, "I"), (&person.kana, "P")] {
        if !name.is_empty() {
            let mut line = String::from("PID-5|");
            push_escaped(&mut line, &name.family);
            line.push('^');
            push_escaped(&mut line, &name.given);
            line.push_str("^^^^^L^");
            line.push_str(representation);
            lines.push(line);
        }
    }
    let mut plain = |field: &str, text: &str| {
        if !text.is_empty() {
            let mut line = format!("{field}|");
            push_escaped(&mut line, text);
            lines.push(line);
        }
    };
    plain("PID-7", person.birth.as_ref().map_or("", |time| &time.digits));
    plain("PID-8", &person.sex);
    if !person.address.is_empty() || !person.postal_code.is_empty() {
        let mut line = String::from("PID-11|");
        push_escaped(&mut line, &person.address);
        line.push_str("^^^^");
        push_escaped(&mut line, &person.postal_code);
        lines.push(line);
    }
    let mut plain = |field: &str, text: &str| {
        let mut line = format!("{field}|");
        push_escaped(&mut line, text);
        lines.push(line);
    };
    person.phones.iter().for_each(|phone| plain("PID-13", phone));
    if let Some(death) = &person.death {
        plain("PID-29", &death.digits);
    }
    lines
}

fn demographics(lines: &[String]) -> Demographics {
    let mut person = Demographics::default();
    for line in lines {
        let Some((field, value)) = line.split_once('|') else { continue };
        let part = |index| unescape(value.split('^').nth(index).unwrap_or_default());
        match field {
            "PID-5" => {
                let name = PersonName { family: part(0), given: part(1) };
                match part(7).as_str() {
                    "P" => person.kana = name,
                    _ => person.name = name,
                }
            }
            "PID-7" => person.birth = PartialTime::japan(&unescape(value)).ok(),
            "PID-8" => person.sex = unescape(value),
            "PID-11" => (person.address, person.postal_code) = (part(0), part(4)),
            "PID-13" => person.phones.push(unescape(value)),
            "PID-29" => person.death = PartialTime::japan(&unescape(value)).ok(),
            _ => {}
        }
    }
    person
}

fn origin_of(
    source: &[String],
    item: &[String],
    version: &[String],
    flags: Option<Vec<String>>,
) -> Option<IntakeOrigin> {
    let [source, department] = source else { return None };
    let [storage, patient_id, care_date, data_type, order_key] = item else { return None };
    let [sent, state, kind] = version else { return None };
    let flag = |code: &String| Flag::ALL.iter().copied().find(|flag| flag.code() == code);
    Some(IntakeOrigin {
        source: source.clone(),
        item: ItemKey {
            patient_id: patient_id.clone(),
            care_date: care_date.clone(),
            data_type: data_type.clone(),
            order_key: order_key.clone(),
            storage: match storage.as_str() {
                "standardized" => Storage::Standardized,
                "extended" => Storage::Extended,
                "images" => Storage::Images,
                _ => return None,
            },
        },
        sent: sent.clone(),
        state: VersionState::from_flag(state.parse().ok()?)?,
        department: department.clone(),
        is_delete_message: kind == "delete-message",
        flags: flags.unwrap_or_default().iter().map(flag).collect::<Option<_>>()?,
    })
}

/// A time as it was received in Japan, where it is what the entry says in UTC.
fn restore(entry: &mut DocumentEntry, line: &str) {
    let Some((name, digits)) = line.split_once(' ') else { return };
    let Ok(time) = PartialTime::japan(digits) else { return };
    let place = match name {
        "creation" => Some(&mut entry.creation_time),
        "start" => entry.service_start.as_mut(),
        "stop" => entry.service_stop.as_mut(),
        _ => None,
    };
    if let Some(place) = place.filter(|place| dtm(&time) == place.digits) {
        *place = time;
    }
}
