//! Record linkage over a database: whom feeds link, what they ask, what humans answer.

mod feeds;
mod order;
mod reviews;
mod splits;

use crate::common::{NOW, Region, request};
use identity::{EnrolRequest, IdentityError};
use model::demographics::{Demographics, PersonName};
use model::{CommunityId, PartialTime};
use ports::DemographicsUpdate;
use store::Tx;
use store::person::{self, Identity};
use store::source::ensure_domain;

/// What a source says of 山田 太郎.
pub fn yamada() -> Demographics {
    Demographics {
        name: name("山田", "太郎"),
        kana: name("ヤマダ", "タロウ"),
        birth: Some(PartialTime::japan("19480312").unwrap()),
        sex: "M".to_owned(),
        postal_code: "689-9001".to_owned(),
        address: "鳥取県港市中央町１丁目２番３号".to_owned(),
        phones: vec!["0859-20-1234".to_owned()],
        death: None,
    }
}

/// Of his wife's: another name and sex, the same house.
pub fn hanako() -> Demographics {
    Demographics {
        name: name("山田", "花子"),
        kana: name("ヤマダ", "ハナコ"),
        birth: Some(PartialTime::japan("19510707").unwrap()),
        sex: "F".to_owned(),
        ..yamada()
    }
}

/// His record as a hospital has it that knows kana alone: not enough for a machine.
pub fn yamada_in_kana() -> Demographics {
    Demographics { name: PersonName::default(), ..yamada() }
}

pub fn name(family: &str, given: &str) -> PersonName {
    PersonName { family: family.to_owned(), given: given.to_owned() }
}

/// The domain of a number.
pub fn domain(number: i64) -> String {
    format!("1.2.392.{number}")
}

/// Makes domains 1 to `count`.
pub fn domains(tx: &mut Tx, count: i64) -> Result<(), IdentityError> {
    for number in 1..=count {
        ensure_domain(tx, &domain(number), &domain(number))?;
    }
    Ok(())
}

/// Feeds a message about a patient of a domain, enrolled if it is new.
pub fn fed(region: &Region<'_>, number: i64, local_id: &str, said: Demographics) -> i64 {
    fed_at(region, number, local_id, ("20260101", said))
}

/// [`fed`] with the time of the message.
pub fn fed_at(
    region: &Region<'_>,
    number: i64,
    local_id: &str,
    (sent, said): (&str, Demographics),
) -> i64 {
    let update = update(number, local_id, sent, said);
    let answers = region.run(move |tx, ids| {
        domains(tx, number)?;
        let viewers = Vec::new();
        let enrolment = EnrolRequest { viewers, ..request(&update.domain_oid, &update.local_id) };
        identity::enrol(tx, ids, &enrolment)?;
        identity::take_demographics(tx, std::slice::from_ref(&update), NOW)
    });
    assert_eq!(answers.unwrap(), [Ok(())]);
    identity(region, number, local_id).id
}

pub fn update(number: i64, local_id: &str, sent: &str, said: Demographics) -> DemographicsUpdate {
    DemographicsUpdate {
        domain_oid: domain(number),
        local_id: local_id.to_owned(),
        demographics: said,
        sent: sent.to_owned(),
        authoritative: true,
    }
}

pub fn identity(region: &Region<'_>, number: i64, local_id: &str) -> Identity {
    let local_id = local_id.to_owned();
    let found = region.run(move |tx, _| {
        Ok(person::identity_by_local_id(tx, &domain(number), &local_id)?.unwrap())
    });
    found.unwrap()
}

/// The person of an identity, by its key.
pub fn person_of(region: &Region<'_>, identity_id: i64) -> i64 {
    region
        .run(move |tx, _| Ok(person::identity_by_id(tx, identity_id)?.unwrap().person_id))
        .unwrap()
}

pub fn community_id(region: &Region<'_>, identity_id: i64) -> CommunityId {
    let person_id = person_of(region, identity_id);
    region.run(move |tx, _| Ok(person::by_id(tx, person_id)?.unwrap().community_id)).unwrap()
}
