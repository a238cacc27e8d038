//! Consent: whose data, to whom, of which kind, until when. Rows are withdrawn, never removed.

use crate::dialect::int_list;
use crate::{Row, StoreError, Tx};
use model::Timestamp;
use model::entry::Category;

statements! {
    INSERT = "consent/insert",
    OF_PERSON = "consent/of_person",
    OF_PERSON_FOR_VIEWER = "consent/of_person_for_viewer",
    OF_PERSONS_FOR_VIEWER = "consent/of_persons_for_viewer",
    WITHDRAW = "consent/withdraw",
    WITHDRAW_OF_PERSON = "consent/withdraw_of_person",
    MOVE_TO_PERSON = "consent/move_to_person",
    COUNT_PERSONS_FOR_VIEWER = "consent/count_persons_for_viewer",
}

/// Of which kind of data a consent speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kinds {
    /// Every kind, those of later versions too.
    All,
    /// These.
    Only(Vec<Category>),
    /// The row cannot be read: a permission opens nothing, a denial closes everything.
    Unreadable,
}

/// One consent as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Key.
    pub id: i64,
    /// Whose data.
    pub person_id: i64,
    /// Which facility discloses; `None` is every facility.
    pub discloser_facility_id: Option<i64>,
    /// The facility whose users may see.
    pub viewer_facility_id: i64,
    /// Of which kind.
    pub kinds: Kinds,
    /// Permission or denial.
    pub permit: bool,
    /// From when.
    pub from: Timestamp,
    /// Until when, that instant not included; `None` is without end.
    pub until: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn: Option<Timestamp>,
    /// On what it rests: a form, a version, a signature.
    pub basis: String,
    /// Who recorded it.
    pub actor: String,
    /// When it was recorded.
    pub created: Timestamp,
}

/// A consent to record.
#[derive(Debug, Clone)]
pub struct NewConsent<'a> {
    /// Whose data.
    pub person_id: i64,
    /// Which facility discloses; `None` is every facility.
    pub discloser_facility_id: Option<i64>,
    /// The facility whose users may see.
    pub viewer_facility_id: i64,
    /// Of which kind; `None` is every kind.
    pub categories: Option<&'a [Category]>,
    /// Permission or denial.
    pub permit: bool,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// On what it rests.
    pub basis: &'a str,
    /// Who records it.
    pub actor: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Records a consent; gives its key.
pub fn insert(tx: &mut Tx, new: &NewConsent<'_>) -> Result<i64, StoreError> {
    let categories = new.categories.map(|kinds| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        crate::dialect::text_list(&names)
    });
    let id = tx.query_opt(
        &INSERT,
        params![
            new.person_id,
            new.discloser_facility_id,
            new.viewer_facility_id,
            &categories,
            new.permit,
            new.from,
            new.until,
            new.basis,
            new.actor,
            new.now
        ],
        |row| row.int(0),
    )?;
    id.ok_or_else(|| StoreError::Damaged("a consent was not recorded".to_owned()))
}

/// Every consent of a person, withdrawn ones too, in the order recorded.
pub fn of_person(tx: &mut Tx, person_id: i64) -> Result<Vec<Consent>, StoreError> {
    tx.query(&OF_PERSON, params![person_id], consent)
}

/// What a person has said about one viewing facility.
pub fn of_person_for_viewer(
    tx: &mut Tx,
    viewer_facility_id: i64,
    person_id: i64,
) -> Result<Vec<Consent>, StoreError> {
    tx.query(&OF_PERSON_FOR_VIEWER, params![viewer_facility_id, person_id], consent)
}

/// What several persons have said about one viewing facility, in the order of persons.
pub fn of_persons_for_viewer(
    tx: &mut Tx,
    viewer_facility_id: i64,
    persons: &[i64],
) -> Result<Vec<Consent>, StoreError> {
    tx.query(&OF_PERSONS_FOR_VIEWER, params![viewer_facility_id, &int_list(persons)], consent)
}

/// Takes a consent back; `false` where it was withdrawn before or is not there.
pub fn withdraw(tx: &mut Tx, consent_id: i64, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&WITHDRAW, params![consent_id, now])? > 0)
}

/// Takes back every permission of a person; denials stay. Gives the keys.
pub fn withdraw_of_person(
    tx: &mut Tx,
    person_id: i64,
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let mut ids = tx.query(&WITHDRAW_OF_PERSON, params![person_id, now], |row| row.int(0))?;
    ids.sort_unstable();
    Ok(ids)
}

/// Moves a consent from one person to another, when the persons turn out to be one, or not.
pub fn move_to_person(
    tx: &mut Tx,
    consent_id: i64,
    from: i64,
    to: i64,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&MOVE_TO_PERSON, params![consent_id, to, from])? > 0)
}

/// Persons who permit something to a facility now.
pub fn count_persons_for_viewer(
    tx: &mut Tx,
    viewer_facility_id: i64,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let count =
        tx.query_opt(&COUNT_PERSONS_FOR_VIEWER, params![viewer_facility_id, now], |row| {
            row.int(0)
        })?;
    Ok(count.unwrap_or(0))
}

fn consent(row: &Row<'_>) -> Result<Consent, StoreError> {
    Ok(Consent {
        id: row.int(0)?,
        person_id: row.int(1)?,
        discloser_facility_id: row.opt_int(2)?,
        viewer_facility_id: row.int(3)?,
        kinds: kinds(row.opt_text(4)?),
        permit: row.flag(5)?,
        from: Timestamp(row.int(6)?),
        until: row.opt_int(7)?.map(Timestamp),
        withdrawn: row.opt_int(8)?.map(Timestamp),
        basis: row.text(9)?,
        actor: row.text(10)?,
        created: Timestamp(row.int(11)?),
    })
}

fn kinds(stored: Option<String>) -> Kinds {
    let Some(stored) = stored else { return Kinds::All };
    let names: Result<Vec<String>, _> = serde_json::from_str(&stored);
    let known: Option<Vec<Category>> =
        names.ok().and_then(|names| names.iter().map(|name| Category::from_name(name)).collect());
    known.map_or(Kinds::Unreadable, Kinds::Only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_this_version_does_not_know_are_unreadable_as_a_whole() {
        assert_eq!(kinds(None), Kinds::All);
        assert_eq!(
            kinds(Some(r#"["laboratory"]"#.into())),
            Kinds::Only(vec![Category::Laboratory])
        );
        assert_eq!(kinds(Some("[]".into())), Kinds::Only(vec![]));
        assert_eq!(kinds(Some(r#"["laboratory","genome"]"#.into())), Kinds::Unreadable);
        assert_eq!(kinds(Some("laboratory".into())), Kinds::Unreadable);
    }
}
