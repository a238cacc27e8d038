//! Why two identities were linked, or not: kept with the event, shown to whoever reviews. The bits
//! of the parts are those that the score was summed up from.

use super::assessment::{Assessment, Standing};
use super::field::{Field, Level};
use super::gate::Condition;
use super::record::{Evidence, Record, RecordKey};
use super::score::{Millibits, field_weight};
use super::veto::Veto;
use super::weights::{MODEL_VERSION, Model};
use serde::{Deserialize, Serialize};
use text::key::NORMALISATION_VERSION;

/// One side of an explanation: what the source said, and what was compared.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// As received.
    pub evidence: &'a Evidence,
    /// As compared.
    pub record: &'a Record,
}

/// What one field said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldExplanation {
    /// Which.
    pub field: Field,
    /// What the one source said.
    pub raw_one: String,
    /// What the other source said.
    pub raw_other: String,
    /// What was compared of the one.
    pub normalised_one: String,
    /// What was compared of the other.
    pub normalised_other: String,
    /// How they agree.
    pub level: Level,
    /// How often this level is seen among records of one human.
    pub m: Option<f64>,
    /// How often among records of two; for this value, where its frequency is known.
    pub u: Option<f64>,
    /// The share of persons who have this value.
    pub frequency: Option<f64>,
    /// The bits of this field.
    pub millibits: Millibits,
    /// Whether the field's bits are held by the household cap.
    pub is_of_household: bool,
}

/// The person that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// One of their identities.
    pub identity: i64,
    /// Evidence for them.
    pub score_millibits: Millibits,
}

/// A decision explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The one identity.
    pub one: RecordKey,
    /// The other identity.
    pub other: RecordKey,
    /// Every field, those that say nothing included.
    pub fields: Vec<FieldExplanation>,
    /// What the household cap took away (negative) or gave back.
    pub household_millibits: Millibits,
    /// log2 of the odds before anything was compared.
    pub prior_millibits: Millibits,
    /// The sum of the fields, the cap and the prior.
    pub total_millibits: Millibits,
    /// The conditions of the gate.
    pub gate: Vec<Condition>,
    /// What forbids a machine to link.
    pub vetoes: Vec<Veto>,
    /// What may be done with the pair.
    pub standing: Standing,
    /// The next person, where there is one.
    pub runner_up: Option<RunnerUp>,
    /// The rules of the code.
    pub model_version: u32,
    /// The weights.
    pub weights_version: String,
    /// The rules of normalisation.
    pub normalisation_version: u32,
}

/// Explains an assessment. The assessment must be that of these two records by this model.
pub fn explain(
    one: Sides<'_>,
    other: Sides<'_>,
    assessment: &Assessment,
    runner_up: Option<RunnerUp>,
    model: &Model,
) -> Explanation {
    let score = &assessment.score;
    let fields = Field::ALL.iter().zip(&score.fields).map(|(field, millibits)| {
        let weight = field_weight(*field, one.record, other.record, &assessment.comparison, model);
        FieldExplanation {
            field: *field,
            raw_one: raw(*field, one.evidence),
            raw_other: raw(*field, other.evidence),
            normalised_one: normalised(*field, one),
            normalised_other: normalised(*field, other),
            level: assessment.comparison.level(*field),
            m: weight.m,
            u: weight.u,
            frequency: weight.frequency,
            millibits: *millibits,
            is_of_household: field.is_of_household(),
        }
    });
    Explanation {
        one: one.record.key,
        other: other.record.key,
        fields: fields.collect(),
        household_millibits: score.household_millibits,
        prior_millibits: score.prior_millibits,
        total_millibits: score.total_millibits,
        gate: assessment.gate.conditions.to_vec(),
        vetoes: assessment.vetoes.clone(),
        standing: assessment.standing,
        runner_up,
        model_version: MODEL_VERSION,
        weights_version: model.weights.version().to_owned(),
        normalisation_version: NORMALISATION_VERSION,
    }
}

fn raw(field: Field, evidence: &Evidence) -> String {
    let demographics = &evidence.demographics;
    let insurance = evidence.insurance.as_ref();
    match field {
        Field::GivenName => forms(&demographics.name.given, &demographics.kana.given),
        Field::GivenReadingBeside => demographics.kana.given.clone(),
        Field::GivenWritingBeside => demographics.name.given.clone(),
        Field::FamilyName => forms(&demographics.name.family, &demographics.kana.family),
        Field::FamilyReadingBeside => demographics.kana.family.clone(),
        Field::FamilyWritingBeside => demographics.name.family.clone(),
        Field::BirthDate => match (&demographics.birth, evidence.birth_digits) {
            (_, Some(digits)) => format!("{digits:08}"),
            (Some(birth), None) => birth.digits.clone(),
            (None, None) => String::new(),
        },
        Field::Sex => demographics.sex.clone(),
        Field::PostalCode => demographics.postal_code.clone(),
        Field::Area | Field::HouseNumber => demographics.address.clone(),
        Field::Telephone => demographics.phones.join(" "),
        Field::Insurance => insurance.map_or_else(String::new, |insurance| {
            format!("{}:{}:{}", insurance.insurer, insurance.symbol, insurance.number)
        }),
        Field::InsuranceBranch => {
            insurance.map_or_else(String::new, |insurance| insurance.branch.clone())
        }
    }
}

fn normalised(field: Field, side: Sides<'_>) -> String {
    let record = side.record;
    let text = |characters: &[char]| characters.iter().collect::<String>();
    match field {
        Field::GivenName => forms(&text(&record.given.writing), &text(&record.given.reading)),
        Field::GivenReadingBeside => text(&record.given.reading),
        Field::GivenWritingBeside => text(&record.given.writing),
        Field::FamilyName => forms(&text(&record.family.writing), &text(&record.family.reading)),
        Field::FamilyReadingBeside => text(&record.family.reading),
        Field::FamilyWritingBeside => text(&record.family.writing),
        Field::BirthDate if record.birth != 0 => format!("{:08}", record.birth),
        Field::BirthDate => String::new(),
        Field::Sex => record.sex.to_string().trim().to_owned(),
        Field::PostalCode => record.postal_code.to_string(),
        Field::Area => text::address_key(&side.evidence.demographics.address).area,
        Field::HouseNumber => record.house_number.to_string(),
        Field::Telephone => record.telephones.join(" "),
        Field::Insurance if record.insurance != 0 => format!("#{:016x}", record.insurance),
        Field::InsuranceBranch if record.branch != 0 => format!("{:02}", record.branch),
        Field::Insurance | Field::InsuranceBranch => String::new(),
    }
}

/// Writing and reading, one of them alone where the other is missing.
fn forms(writing: &str, reading: &str) -> String {
    match (writing.is_empty(), reading.is_empty()) {
        (false, false) => format!("{writing} / {reading}"),
        (false, true) => writing.to_owned(),
        (true, _) => reading.to_owned(),
    }
}
