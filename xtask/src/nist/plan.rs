//! A test plan as NIST writes it: steps, each with what is expected and one transaction with its
//! instructions. Names that this runner does not know are kept, and fail their step.

use super::element::Element;
use super::transaction::Transaction;
use anyhow::{Context, Result};

/// A plan of one section.
#[derive(Debug, Default)]
pub struct Plan {
    /// Patient that the plan itself names.
    pub patient: Option<String>,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// Names in the plan, outside of steps, that are not known.
    pub unknown: Vec<String>,
    /// Why it cannot be read.
    pub broken: Option<String>,
}

/// A step.
#[derive(Debug, Default)]
pub struct Step {
    /// Its name in the section.
    pub id: String,
    /// What the answer shall be.
    pub expected: Expected,
    /// From here on a fresh patient is used.
    pub new_patient: bool,
    /// This step uses a patient whom nobody has fed.
    pub unknown_patient: bool,
    /// What is sent, if anything.
    pub transaction: Option<Transaction>,
    /// Names that are not known.
    pub unknown: Vec<String>,
}

/// What the answer shall be.
#[derive(Debug, Default)]
pub struct Expected {
    /// Any of these: Success, Failure, PartialSuccess, Fault.
    pub statuses: Vec<String>,
    /// An error of this code.
    pub error_code: Option<String>,
    /// An error that says this.
    pub error_message: Option<String>,
}

impl Plan {
    /// Reads a plan.
    pub fn parse(text: &str) -> Result<Plan> {
        let root = Element::parse(text)?;
        let mut plan = Plan::default();
        for part in root.elements() {
            match part.name.as_str() {
                "Test" | "Rule" => {}
                "PatientId" => plan.patient = Some(part.text()),
                "TestStep" => plan.steps.push(step(part)?),
                other => plan.unknown.push(other.to_owned()),
            }
        }
        Ok(plan)
    }
}

fn step(element: &Element) -> Result<Step> {
    let id = element.attribute("id").context("a TestStep has no id")?.to_owned();
    let mut step = Step { id, ..Step::default() };
    for part in element.elements() {
        match part.name.as_str() {
            "Rule" | "Goal" | "Standard" => {}
            "ExpectedStatus" => {
                let text = part.text();
                step.expected.statuses = text.split(',').map(|one| one.trim().to_owned()).collect();
                step.expected.statuses.retain(|status| !status.is_empty());
            }
            "ExpectedErrorCode" => step.expected.error_code = some(part.text()),
            "ExpectedErrorMessage" => step.expected.error_message = some(part.text()),
            "NewPatientId" => step.new_patient = true,
            "AltPatientId" => step.unknown_patient = true,
            _ => match Transaction::read(part, &mut step.unknown) {
                Some(_) if step.transaction.is_some() => {
                    step.unknown.push(format!("a second {}", part.name));
                }
                Some(transaction) => step.transaction = Some(transaction),
                None => step.unknown.push(part.name.clone()),
            },
        }
    }
    Ok(step)
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_what_they_expect_and_what_is_not_known() {
        let plan = Plan::parse(
            "<TestPlan><Test>1/a</Test><Riddle/><TestStep id=\"s\"><ExpectedStatus>Success, \
             PartialSuccess</ExpectedStatus><ExpectedErrorCode>E</ExpectedErrorCode>\
             <StoredQueryTransaction><XDSb/><Mystery/><MetadataFile> q.xml </MetadataFile>\
             </StoredQueryTransaction></TestStep><TestStep id=\"t\"><WarpTransaction/></TestStep>\
             </TestPlan>",
        )
        .unwrap();
        assert_eq!(plan.unknown, ["Riddle"]);
        let step = &plan.steps[0];
        assert_eq!(step.expected.statuses, ["Success", "PartialSuccess"]);
        assert_eq!(step.expected.error_code.as_deref(), Some("E"));
        assert_eq!(step.unknown, ["StoredQueryTransaction/Mystery"]);
        let transaction = step.transaction.as_ref().unwrap();
        assert_eq!(transaction.metadata_file.as_deref(), Some("q.xml"));
        assert_eq!(plan.steps[1].unknown, ["WarpTransaction"]);
    }

    #[test]
    fn a_step_without_an_id_is_refused() {
        assert!(Plan::parse("<TestPlan><TestStep/></TestPlan>").is_err());
    }
}
