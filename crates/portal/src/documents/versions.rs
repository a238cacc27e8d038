//! Earlier versions of a document's item: what each said, derived from its bytes when asked for.

use super::read;
use crate::patient::Patient;
use crate::refusal::Kind;
use crate::state::PortalState;
use model::fact::{FactBody, LabResult};
use model::item::VersionState;
use page::{Texts, dates};
use ssmix2::{Context, derive};
use std::collections::BTreeMap;
use store::document::Place;
use store::document_query::{self, DocumentRow};
use store::{StoreError, Tx};

/// Versions compared with each other; more are listed without their values.
const COMPARED: usize = 6;

/// A version.
pub struct Version {
    /// The document.
    pub document_id: i64,
    /// When it was sent.
    pub sent: String,
    /// When the centre took it.
    pub taken: String,
    /// Word of its state.
    pub state: String,
    /// Whether it is the one shown.
    pub is_shown: bool,
}

/// Results that differ between versions: item, unit, and the value in each version.
pub struct Difference {
    /// Item.
    pub item: String,
    /// Unit.
    pub unit: String,
    /// Values in the order of the compared versions; empty where the version lacks the item.
    pub values: Vec<String>,
}

/// What differs between the versions that were compared.
#[derive(Default)]
pub struct Comparison {
    /// When each compared version was sent, newest first.
    pub sent: Vec<String>,
    /// Results that differ.
    pub lines: Vec<Difference>,
}

/// A version, and where its bytes are if it is to be compared.
pub type Kept = (DocumentRow, Option<Place>);

/// The versions of an item, and where the bytes of the newest messages among them are.
pub fn read_all(tx: &mut Tx, patient: &Patient, document: &DocumentRow) -> Result<Vec<Kept>, Kind> {
    let Some(item_id) = document.item_id else { return Ok(Vec::new()) };
    let mut versions = Vec::new();
    let mut compared = 0;
    for version in document_query::versions(tx, item_id)? {
        if !read::may_see(patient, &version) {
            continue;
        }
        let is_compared = version.mime_type == ssmix2::MIME_TYPE && compared < COMPARED;
        let place = match is_compared {
            true => Some(read::place(tx, &version)?),
            false => None,
        };
        compared += usize::from(is_compared);
        versions.push((version, place));
    }
    Ok(versions)
}

/// Compares versions, wherever their bytes are kept. A version whose bytes are gone or damaged is
/// left out: it must not hide the others.
pub async fn compare(state: &PortalState, versions: Vec<Kept>) -> Result<Comparison, Kind> {
    if versions.len() < 2 {
        return Ok(Comparison::default());
    }
    let mut compared = Vec::new();
    for (version, place) in versions {
        let Some(place) = place else { continue };
        if let Ok(Some(bytes)) = read::bytes(state, &version, place).await {
            compared.push((version, bytes));
        }
    }
    // Large messages take their time: other pages are answered meanwhile.
    let done = tokio::task::spawn_blocking(move || Comparison {
        sent: compared.iter().map(|(version, _)| sent_words(version)).collect(),
        lines: differences(&compared),
    });
    done.await.map_err(|error| StoreError::Panicked(error.to_string()).into())
}

fn sent_words(version: &DocumentRow) -> String {
    model::PartialTime::japan(&version.sent)
        .map_or_else(|_| version.sent.clone(), |at| dates::received(&at))
}

/// The versions as listed.
pub fn listed(all: &[Kept], shown: i64, texts: Texts) -> Vec<Version> {
    all.iter()
        .map(|(version, _)| Version {
            document_id: version.id,
            sent: sent_words(version),
            taken: dates::minute(version.taken),
            state: state_word(version.state, texts),
            is_shown: version.id == shown,
        })
        .collect()
}

/// The word of a version's state.
pub fn state_word(state: VersionState, texts: Texts) -> String {
    texts.get(match state {
        VersionState::Current => "version-current",
        VersionState::Deprecated => "version-deprecated",
        VersionState::Deleted => "version-deleted",
    })
}

/// Results whose value, unit, flag or status is not the same in every compared version.
fn differences(compared: &[(DocumentRow, Vec<u8>)]) -> Vec<Difference> {
    if compared.len() < 2 {
        return Vec::new();
    }
    let mut values: BTreeMap<(String, String, usize), Vec<String>> = BTreeMap::new();
    for (place, (row, bytes)) in compared.iter().enumerate() {
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for fact in derive(bytes, &context(row)).facts {
            let FactBody::LabResult(result) = &fact.body else { continue };
            let key = (result.item.display().to_owned(), result.unit.display().to_owned());
            let again = seen.entry(key.clone()).or_insert(0);
            let row = values
                .entry((key.0, key.1, *again))
                .or_insert_with(|| vec![String::new(); compared.len()]);
            row[place] = words(result, fact.status.name());
            *again += 1;
        }
    }
    values
        .into_iter()
        .filter(|(_, values)| values.windows(2).any(|pair| pair[0] != pair[1]))
        .map(|((item, unit, _), values)| Difference { item, unit, values })
        .collect()
}

fn words(result: &LabResult, status: &str) -> String {
    let status = if status == "final" { "" } else { status };
    format!("{} {} {status}", result.value, result.flags.join(" ")).trim().to_owned()
}

fn context(row: &DocumentRow) -> Context<'_> {
    Context {
        data_type: &row.data_type,
        care_date: &row.care_date,
        department: "",
        sent: &row.sent,
        title: &row.title,
        mime_type: &row.mime_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::entry::Category;
    use model::{Clock, Timestamp};
    use page::call::PageConfig;
    use std::sync::Arc;
    use testkit::{CountingIds, ManualClock, TestStore};

    /// A report of one value, longer than what is kept in the database.
    fn report(value: &str) -> Vec<u8> {
        let mut text = "MSH|^~\\&|L|H|G|R|20260510063000||OUL^R22^OUL_R22|1|P|2.5\r\
            PID|0001||00012^^^^PI||A^B\rSPM|1|||023^S^JC10\rOBR|1|||3A010^TP^JC10\r"
            .to_owned();
        text += &format!("OBX|1|NM|3A010000002327101^TP^JC10||{value}|g/dL|6-8||||F\r");
        for n in 0..2_000 {
            text += &format!("NTE|{n}||a remark that says nothing and is the same in both\r");
        }
        text.into_bytes()
    }

    fn version(state: &PortalState, id: i64, bytes: &[u8]) -> Kept {
        let key = state.store.objects().put_blocking(&mut &*bytes).unwrap();
        let row = DocumentRow {
            id,
            unique_id: format!("1.2.{id}"),
            identity_id: 1,
            source_id: Some(1),
            item_id: Some(1),
            sent: format!("2026051006300{id}"),
            state: VersionState::Current,
            deleted: None,
            category: Category::Laboratory,
            mime_type: ssmix2::MIME_TYPE.into(),
            service_start: None,
            size: key.size,
            sha256: key.sha256.to_vec(),
            in_objects: true,
            flags: String::new(),
            text_verdict: String::new(),
            title: String::new(),
            taken: Timestamp(0),
            data_type: "OML-11".into(),
            care_date: "20260510".into(),
            order_key: "1".into(),
            is_restricted: false,
        };
        (row, Some(Place::Objects))
    }

    #[tokio::test]
    async fn versions_kept_as_objects_are_compared() {
        let store = TestStore::sqlite();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let search = Arc::new(identity::Directory::new(store.store(), clock.clone()));
        let ids = Arc::new(CountingIds::new());
        let state = PortalState::new(store.store(), clock, ids, search, PageConfig::default());
        let (new, old) = (report("7.1"), report("6.8"));
        assert!(new.len() as u64 > 64 * 1_024);
        let all = vec![version(&state, 2, &new), version(&state, 1, &old)];
        let compared = compare(&state, all.clone()).await.unwrap();
        assert_eq!(compared.sent.len(), 2);
        let lines: Vec<_> =
            compared.lines.iter().map(|it| (it.item.as_str(), it.values.as_slice())).collect();
        assert_eq!(lines, [("TP", ["7.1".to_owned(), "6.8".to_owned()].as_slice())]);

        let mut gone = all;
        gone[1].0.sha256 = vec![0; 32];
        let compared = compare(&state, gone).await.unwrap();
        assert_eq!(compared.sent.len(), 1, "one that cannot be read hides no other");
        assert!(compared.lines.is_empty());
    }
}
