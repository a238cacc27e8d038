//! Items as files: names, folders, transaction files.

use crate::day::{Day, Moment};
use crate::habits::{SOURCES, SourceSpec};
use crate::item::{Content, Item, Version};
use crate::people::Person;
use crate::plan::{RegionError, RegionPlan};
use crate::truth::{DocumentTruth, IdentityTruth, PersonTruth, Truth};
use model::item::Storage;
use std::collections::BTreeMap;
use text::CharacterSet;

/// Files by path from the region's directory, both as bytes.
pub(crate) type Files = BTreeMap<Vec<u8>, Vec<u8>>;

/// How many days a transaction storage keeps.
const RETENTION_DAYS: i64 = 45;

/// The storages as files, and the truth about them.
pub(crate) fn lay_out(
    plan: &RegionPlan,
    people: &[Person],
    items: &[Item],
    reference: Day,
) -> Result<(Files, Truth), RegionError> {
    let mut files = Files::new();
    let mut documents = Vec::new();
    let mut records: Vec<Vec<Record>> = SOURCES.iter().map(|_| Vec::new()).collect();
    for item in items {
        let Some(source) = SOURCES.get(item.source) else { continue };
        let person = people.iter().find(|person| person.number == item.person);
        let is_enrolled = person.is_some_and(|person| person.is_enrolled);
        for version in &item.versions {
            let path = path(source, item, version)?;
            documents.push(truth(source, item, version, &path, is_enrolled));
            let Content::Message(message) = &version.document.content else {
                write_folder(&path, version, &mut files);
                continue;
            };
            let mut bytes = message.to_bytes(source.set, source.terminator)?;
            bytes.extend_from_slice(source.trailer);
            if source.has_transactions
                && version.recorded.day() >= reference.plus(-RETENTION_DAYS)
                && let Some(list) = records.get_mut(item.source)
            {
                let header = header(source, item, version);
                list.push(Record { recorded: version.recorded, header, body: bytes.clone() });
            }
            files.insert(path, bytes);
        }
    }
    for (source, list) in SOURCES.iter().zip(records) {
        transactions(source, list, &mut files);
    }
    documents.sort_by(|a, b| {
        (&a.source, &a.patient_id, &a.path).cmp(&(&b.source, &b.patient_id, &b.path))
    });
    let mut truth = Truth {
        seed: plan.seed,
        reference_day: plan.reference_day,
        persons: people.iter().map(|person| person_truth(person, items)).collect(),
        documents,
        sources: BTreeMap::new(),
    };
    truth.sum_up();
    Ok((files, truth))
}

struct Record {
    recorded: Moment,
    header: String,
    body: Vec<u8>,
}

fn write_folder(path: &[u8], version: &Version, files: &mut Files) {
    if let Content::Files(parts) = &version.document.content {
        for (name, bytes) in parts {
            files.insert([path, b"/", name.as_bytes()].concat(), bytes.clone());
        }
    }
}

/// The path of a file or content folder.
fn path(source: &SourceSpec, item: &Item, version: &Version) -> Result<Vec<u8>, RegionError> {
    let root = match item.storage {
        Storage::Extended => "extended",
        Storage::Standardized if source.has_undated_root && item.care_day.is_none() => {
            "standard-undated"
        }
        Storage::Standardized | Storage::Images => "standard",
    };
    let id = item.patient_id.as_str();
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    let name = match item.storage {
        Storage::Standardized | Storage::Images => &item.data_type,
        Storage::Extended => &item.kind_code,
    };
    let department = match item.department.as_str() {
        "" => String::new(),
        department => format!("_{department}"),
    };
    let path = format!(
        "{}/{root}/{}/{}/{id}/{date}/{kind}/{id}_{date}_{name}_{key}_{sent}{department}_{flag}",
        source.name,
        part(0, 3),
        part(3, 6),
        date = item.care_date(),
        kind = item.data_type,
        key = item.order_key,
        sent = version.sent.full(),
        flag = version.state.flag(),
    );
    match source.has_cp932_names {
        true => Ok(text::encode(&path, CharacterSet::Cp932)?),
        false => Ok(path.into_bytes()),
    }
}

/// The header line of a record, without its end.
fn header(source: &SourceSpec, item: &Item, version: &Version) -> String {
    let processing = if version.is_delete_message { "DEL" } else { "INS" };
    format!(
        "#SSMIX,2.00,{},{},{},{},{},{processing},{},{}",
        source.facility().code,
        item.patient_id,
        item.care_date(),
        item.data_type,
        item.order_key,
        item.department,
        version.sent.full()
    )
}

/// One file a day, `TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT` below the year.
fn transactions(source: &SourceSpec, mut records: Vec<Record>, files: &mut Files) {
    records.sort_by(|a, b| (a.recorded, &a.header).cmp(&(b.recorded, &b.header)));
    for record in records {
        let day = record.recorded.day();
        let path = format!(
            "{}/transaction/{}/TR_{}_00001.DAT",
            source.name,
            day.year(),
            day.at(0, 0).full()
        );
        let file = files.entry(path.into_bytes()).or_default();
        file.extend_from_slice(record.header.as_bytes());
        file.extend_from_slice(source.terminator.bytes());
        file.extend_from_slice(&record.body);
    }
}

fn truth(
    source: &SourceSpec,
    item: &Item,
    version: &Version,
    path: &[u8],
    is_enrolled: bool,
) -> DocumentTruth {
    let facts = version.document.facts.iter();
    DocumentTruth {
        source: source.name.to_owned(),
        person: item.person,
        is_enrolled,
        patient_id: item.patient_id.clone(),
        storage: item.storage,
        data_type: item.data_type.clone(),
        care_date: item.care_date(),
        order_key: item.order_key.clone(),
        sent: version.sent.full(),
        department: if item.department.is_empty() { "-" } else { &item.department }.to_owned(),
        state: version.state,
        is_delete_message: version.is_delete_message,
        path: String::from_utf8_lossy(path).into_owned(),
        facts: facts.map(|(kind, count)| ((*kind).to_owned(), *count)).collect(),
        lab_values: version.document.labs.clone(),
    }
}

fn person_truth(person: &Person, items: &[Item]) -> PersonTruth {
    let has_allergy_record = |source: usize| {
        items.iter().any(|item| {
            item.source == source && item.person == person.number && item.data_type == "ADT-61"
        })
    };
    let identities = person.memberships.iter().filter_map(|membership| {
        Some(IdentityTruth {
            source: SOURCES.get(membership.source)?.name.to_owned(),
            patient_id: membership.patient_id.clone(),
            has_allergy_record: has_allergy_record(membership.source),
        })
    });
    PersonTruth {
        number: person.number,
        household: person.household,
        is_enrolled: person.is_enrolled,
        family: person.family[0].to_owned(),
        given: person.given[0].to_owned(),
        family_kana: person.family[1].to_owned(),
        given_kana: person.given[1].to_owned(),
        birth: person.birth.digits(),
        sex: person.sex().to_owned(),
        postal_code: person.postal_code.to_owned(),
        address: person.address.clone(),
        phone: person.phone.clone(),
        identities: identities.collect(),
    }
}
