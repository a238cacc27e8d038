//! ITI-119, Patient Demographics Match: `$match` (PDQm 2:3.119, FHIR R4 Patient-match). Who could
//! be this patient, judged by [`linkage`](crate::linkage) as every link is.
//!
//! Candidates are those whom the search finds by name, birth date or ID; nobody else is judged.

use crate::associations::Associations;
use crate::demographics::{birth_day, name_token};
use crate::linkage::{
    Evidence, Frequencies, Insurance, Model, Record, RecordKey, Standing, assess,
};
use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, bad, unprocessable};
use crate::r4::view;
use crate::v2::query::seen;
use fhir::{
    Bundle, Element, Entry, Issue, IssueCode, MatchGrade, Parameters, Patient, Response, Severity,
};
use http::StatusCode;
use model::limits::{
    FHIR_MATCH_CANDIDATES, FHIR_MATCH_IDENTIFIERS, FHIR_MATCH_LOOKUPS, FHIR_PAGE_DEFAULT_PATIENTS,
    FHIR_PAGE_PATIENTS,
};
use serde_json::json;
use store::audit::{Action, Outcome};
use store::patient_query::{self, Lookup};
use store::{StoreError, Tx, person};

/// The namespace of health insurance certificates (JP-CLINS).
const INSURANCE: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";

/// Answers a match, and writes its audit row.
pub(crate) fn answer(tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
    ask.check_query()?;
    let asked = Asked::read(ask)?;
    let (candidates, is_complete) = candidates(tx, &asked.patient)?;
    let persons = u64::try_from(person::count_persons(tx)?).unwrap_or_default();
    let model = Model::new(persons, Frequencies::default());
    let record = Record::new(RecordKey { domain: 0, identity: 0 }, &evidence(&asked.patient));
    let seen = seen(tx, ask, &candidates)?;
    let mut judged: Vec<Judged<'_>> =
        seen.iter().filter_map(|one| judge(&record, one, &model)).collect();
    judged.sort_by_key(|one| (-one.total_millibits, one.of.person.id));
    grade(&mut judged, is_complete, &model);
    if asked.is_certain_only {
        // Nothing but one who is beyond doubt is an answer (PDQm 2:3.119.4.1.3, cases 4 and 5).
        judged.retain(|one| one.grade == MatchGrade::Certain);
    }
    judged.truncate(asked.count);
    let who = &asked.patient.demographics;
    let detail = json!({
        "transaction": "ITI-119",
        "query": {
            "name": who.name.full(), "kana": who.kana.full(), "sex": who.sex,
            "birth": who.birth.as_ref().map(|birth| birth.digits.clone()),
            "onlyCertainMatches": asked.is_certain_only, "count": asked.count,
        },
    });
    ask.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    Ok(Response::ok(bundle(ask, &judged, is_complete).write()))
}

/// What is asked for.
struct Asked {
    patient: Patient,
    is_certain_only: bool,
    count: usize,
}

impl Asked {
    /// Reads `Parameters`, or a Patient alone (FHIR R4 3.2.0.3).
    fn read(ask: &Ask) -> Result<Asked, Fault> {
        let missing = || bad(IssueCode::Required, "there is no Patient in the request");
        if ask.request.is_get {
            return Err(bad(IssueCode::NotSupported, "send the patient by POST"));
        }
        let body = ask.request.body.as_ref().ok_or_else(missing)?;
        let parameters = match body.resource_type.as_deref() {
            Some("Patient") => {
                let mut alone = Parameters::default();
                alone.push("resource", "resource", body.clone());
                alone
            }
            _ => Parameters::read(body)?,
        };
        let patient = Patient::read(parameters.of("resource").next().ok_or_else(missing)?)?;
        let certain = parameters.of("onlyCertainMatches").next();
        let wrong =
            |name: &str| bad(IssueCode::Value, format!("{name} has a value of another type"));
        let is_certain_only = match certain {
            Some(said) => said.boolean().ok_or_else(|| wrong("onlyCertainMatches"))?,
            None => false,
        };
        let count = match parameters.of("count").next().map(Element::count) {
            Some(said) => said.ok_or_else(|| wrong("count"))?,
            None => FHIR_PAGE_DEFAULT_PATIENTS,
        };
        let count = usize::try_from(count.min(FHIR_PAGE_PATIENTS)).unwrap_or(usize::MAX);
        Ok(Asked { patient, is_certain_only, count })
    }
}

/// A person compared with the asked patient.
struct Judged<'a> {
    of: &'a Associations,
    total_millibits: i64,
    standing: Standing,
    /// Whether one of its identities says that it is somebody else.
    is_vetoed: bool,
    grade: MatchGrade,
}

/// The best of a person's identities; `None` where the evidence is too small to ask a human.
fn judge<'a>(record: &Record, of: &'a Associations, model: &Model) -> Option<Judged<'a>> {
    let mut best: Option<Judged<'a>> = None;
    let mut is_vetoed = false;
    for identity in &of.identities {
        let evidence =
            Evidence { demographics: identity.demographics.clone(), ..Evidence::default() };
        let key = RecordKey { domain: identity.domain_id, identity: identity.id };
        let assessment = assess(record, &Record::new(key, &evidence), model);
        is_vetoed |= !assessment.vetoes.is_empty();
        let total_millibits = i64::from(assessment.score.total_millibits);
        let is_better = best.as_ref().is_none_or(|best| total_millibits > best.total_millibits);
        if assessment.standing != Standing::Apart && is_better {
            let (standing, grade) = (assessment.standing, MatchGrade::Possible);
            best = Some(Judged { of, total_millibits, standing, is_vetoed: false, grade });
        }
    }
    best.map(|best| Judged { is_vetoed, ..best })
}

/// Grades those who were judged, the most likely first. Certain is one whom a machine would
/// link: the gate is passed, nothing speaks against it, everybody was compared, and nobody else
/// is nearly as likely.
fn grade(judged: &mut [Judged<'_>], is_complete: bool, model: &Model) {
    let thresholds = &model.thresholds;
    let second = judged.get(1).map(|one| one.total_millibits);
    for (place, one) in judged.iter_mut().enumerate() {
        let margin = i64::from(thresholds.margin_millibits);
        let is_ahead =
            place == 0 && second.is_none_or(|second| one.total_millibits - second >= margin);
        let is_automatic = one.standing == Standing::Automatic && !one.is_vetoed;
        one.grade = if is_automatic && is_ahead && is_complete {
            MatchGrade::Certain
        } else if one.total_millibits >= i64::from(thresholds.automatic_millibits) {
            MatchGrade::Probable
        } else {
            MatchGrade::Possible
        };
    }
}

/// Persons worth comparing, and whether those are all that the search knows of.
fn candidates(tx: &mut Tx, patient: &Patient) -> Result<(Vec<i64>, bool), Fault> {
    let who = &patient.demographics;
    let mut lookups = Vec::new();
    for name in [&who.name, &who.kana].into_iter().chain(&patient.former_names) {
        for key in [format!("{}{}", name.family, name.given), name.given.clone()] {
            lookups.push(Lookup::Name(name_token(&key)));
        }
    }
    lookups.retain(|lookup| !matches!(lookup, Lookup::Name(key) if key.is_empty()));
    lookups.extend(birth_day(who).map(|day| Lookup::BirthDay(day, day)));
    let is_id = |id: &&fhir::Identifier| !id.value.is_empty() && !id.value.contains('\0');
    let ids = patient.identifiers.iter().filter(is_id).take(size(FHIR_MATCH_IDENTIFIERS));
    lookups.extend(ids.map(|id| Lookup::LocalId(id.value.clone())));
    if lookups.is_empty() {
        let text = "give at least a name, a birth date, or a patient ID";
        return Err(unprocessable(IssueCode::Required, text));
    }
    lookups.truncate(size(FHIR_MATCH_LOOKUPS));
    let mut persons = Vec::new();
    for lookup in &lookups {
        persons.extend(found(tx, lookup)?);
    }
    persons.sort_unstable();
    persons.dedup();
    let limit = size(FHIR_MATCH_CANDIDATES);
    let is_complete = persons.len() <= limit;
    persons.truncate(limit);
    Ok((persons, is_complete))
}

fn size(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn found(tx: &mut Tx, lookup: &Lookup) -> Result<Vec<i64>, StoreError> {
    let limit = i64::try_from(FHIR_MATCH_CANDIDATES).unwrap_or(i64::MAX - 1);
    patient_query::persons(tx, lookup, limit + 1)
}

fn evidence(patient: &Patient) -> Evidence {
    let insurance = patient.identifiers.iter().find(|id| id.system == INSURANCE);
    Evidence {
        demographics: patient.demographics.clone(),
        former_names: patient.former_names.clone(),
        insurance: insurance.and_then(|id| Insurance::parse(&id.value)),
        ..Evidence::default()
    }
}

fn bundle(ask: &Ask, judged: &[Judged<'_>], is_complete: bool) -> Bundle {
    let base = &ask.request.base;
    let entries: Vec<Entry> = judged
        .iter()
        .filter_map(|one| {
            let patient = view::patient(ask, one.of, &[])?;
            let full_url = format!("{base}/Patient/{}", patient.id);
            let score = Some((thousandths(one.total_millibits), one.grade));
            Some(Entry { full_url, patient, score })
        })
        .collect();
    let remark = (!is_complete).then(|| {
        let text = "more patients are like this one than are compared: none of them is certain";
        let issue = Issue::new(Severity::Warning, IssueCode::TooLong, text);
        fhir::Outcome::refusal(StatusCode::OK, issue)
    });
    Bundle {
        id: ask.ids.uuid().to_string(),
        at: ask.now,
        total: Some(entries.len() as u64),
        links: vec![("self", format!("{base}/Patient/$match"))],
        entries,
        remark,
    }
}

/// The probability of log2 odds, in thousandths. None is 1: nothing is beyond every doubt.
fn thousandths(millibits: i64) -> u32 {
    let probability = 1.0 / (1.0 + (-(millibits as f64) / 1_000.0).exp2());
    ((probability * 1_000.0) as u32).min(999)
}
