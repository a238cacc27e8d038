//! Records of made-up people.

use identity::linkage::{
    Evidence, Frequencies, Insurance, MemoryIndex, Model, Neighbourhood, Record, RecordKey,
    Settlement, Tie, neighbourhood, settle,
};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use std::sync::Arc;

/// What a source says of 山田 太郎, changed by the test.
pub fn yamada() -> Evidence {
    Evidence {
        demographics: Demographics {
            name: name("山田", "太郎"),
            kana: name("ヤマダ", "タロウ"),
            birth: born("19480312"),
            sex: "M".to_owned(),
            postal_code: "689-9001".to_owned(),
            address: "鳥取県港市中央町１丁目２番３号".to_owned(),
            phones: vec!["0859-20-1234".to_owned()],
            death: None,
        },
        insurance: Insurance::parse("01310001:港:1234:01"),
        ..Evidence::default()
    }
}

/// The same with another source's habits: half-width kana, numbers of the house by dashes.
pub fn yamada_elsewhere() -> Evidence {
    let mut evidence = yamada();
    evidence.demographics.kana = name("ﾔﾏﾀﾞ", "ﾀﾛｳ");
    evidence.demographics.address = "港市中央町1-2-3".to_owned();
    evidence.demographics.postal_code = "6899001".to_owned();
    evidence
}

pub fn name(family: &str, given: &str) -> PersonName {
    PersonName { family: family.to_owned(), given: given.to_owned() }
}

pub fn born(digits: &str) -> Option<PartialTime> {
    Some(PartialTime::japan(digits).unwrap())
}

/// A record of a domain; the identity's key is domain and number together.
pub fn record(domain: i64, number: i64, evidence: &Evidence) -> Record {
    Record::new(RecordKey { domain, identity: domain * 1_000 + number }, evidence)
}

/// The model of a region of a million.
pub fn model() -> Model {
    Model::new(1_000_000, Frequencies::default())
}

/// Brings records one after the other, as a feed does, and settles around the last.
pub fn settled(records: &[Record], ties: &[Tie]) -> Settlement {
    let mut index = MemoryIndex::new();
    for record in records {
        index.insert(record.clone());
    }
    let last = Arc::new(records.last().unwrap().clone());
    settle(&around(&mut index, &last), ties, &model())
}

pub fn around(index: &mut MemoryIndex, seed: &Arc<Record>) -> Neighbourhood {
    match neighbourhood(index, Arc::clone(seed), &model()) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}
