//! `musubi enrol`: patients of a source take part.

use crate::cli::EnrolArguments;
use crate::commands::block_on;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use gateway::{GatewayError, Source};
use identity::{EnrolOutcome, EnrolRequest, IdentityError, SameAs};
use serde_json::json;
use std::path::Path;
use store::Tx;

/// One patient to enrol.
struct Line {
    patient_id: String,
    same_as: Option<SameAs>,
}

/// Enrols one by one, each in a transaction of its own, and says what came of it.
pub fn run(node: &Node, arguments: EnrolArguments) -> anyhow::Result<()> {
    let gateway = node.gateway()?;
    let source = block_on(async { Ok(gateway.source(&arguments.source).await?) })?;
    let lines = lines(node, &source, &arguments)?;
    anyhow::ensure!(
        !lines.is_empty(),
        "nobody to enrol: source {} has no patient folders",
        source.name
    );
    let viewers = match arguments.viewers.is_empty() {
        true => node.config.enrolment.viewing_facilities.clone(),
        false => arguments.viewers.clone(),
    };
    let named: Vec<String> = lines.iter().map(|line| line.patient_id.clone()).collect();
    let mut outcomes = Vec::with_capacity(lines.len());
    for line in lines {
        let patient_id = line.patient_id.clone();
        let outcome = enrol(node, &source, line, &viewers)
            .with_context(|| format!("patient {patient_id} of source {}", source.name))?;
        outcomes.push(outcome);
    }
    let new = outcomes.iter().filter(|outcome| outcome.is_enrolled_now).count();
    let known = outcomes.len() - new;
    if arguments.json {
        let patients = named.iter().zip(&outcomes).map(|(patient_id, outcome)| {
            json!({
                "patient_id": patient_id,
                "community_id": outcome.community_id.digits(),
                "is_enrolled_now": outcome.is_enrolled_now,
            })
        });
        let patients: Vec<_> = patients.collect();
        return output::json(
            &json!({ "enrolled": new, "already_enrolled": known, "patients": patients }),
        );
    }
    if let [outcome] = outcomes.as_slice() {
        output::line(format!("patient {}: community id {}", named[0], outcome.community_id));
    }
    output::line(format!("enrolled {new}, already enrolled {known}"));
    if !arguments.all {
        warn_of_missing_folders(&source, &named);
    }
    if viewers.is_empty() {
        output::line(
            "no viewing facility was named: nobody sees them until consent is recorded (--viewer CODE)",
        );
    }
    Ok(())
}

/// A mistyped ID is found when it is enrolled. A source that cannot be looked at is no reason
/// not to enrol.
fn warn_of_missing_folders(source: &Source, named: &[String]) {
    let found: Result<Vec<bool>, GatewayError> =
        named.iter().map(|patient_id| gateway::has_folder(source, patient_id)).collect();
    match found {
        Ok(found) => {
            let missing: Vec<&str> = named
                .iter()
                .zip(found)
                .filter(|(_, has_folder)| !has_folder)
                .map(|(patient_id, _)| patient_id.as_str())
                .collect();
            if !missing.is_empty() {
                output::line(format!(
                    "no folder yet in source {} for {}: compare the IDs with the hospital's",
                    source.name,
                    missing.join(" ")
                ));
            }
        }
        Err(error) => output::line(format!("their folders could not be looked at: {error}")),
    }
}

fn enrol(
    node: &Node,
    source: &Source,
    line: Line,
    viewers: &[String],
) -> Result<EnrolOutcome, IdentityError> {
    let request = EnrolRequest {
        domain_oid: source.domain.oid.clone(),
        local_id: line.patient_id,
        same_as: line.same_as,
        viewers: viewers.to_vec(),
        actor: node::actor(),
        now: node.now(),
        basis: "musubi enrol".to_owned(),
    };
    let ids = node.ids.clone();
    node.store.write_blocking(move |tx: &mut Tx| identity::enrol(tx, ids.as_ref(), &request))
}

fn lines(node: &Node, source: &Source, arguments: &EnrolArguments) -> anyhow::Result<Vec<Line>> {
    if let Some(path) = &arguments.list {
        return read_list(node, path);
    }
    let patients = match arguments.all {
        true => gateway::patients(source)?,
        false => arguments.patients.clone(),
    };
    anyhow::ensure!(
        arguments.same_as.is_none() || patients.len() == 1,
        "--same-as names one person: give one --patient, or a --list with the column same_as"
    );
    let same_as = arguments.same_as.as_deref().map(|text| same_as(node, text)).transpose()?;
    Ok(patients
        .into_iter()
        .map(|patient_id| Line { patient_id, same_as: same_as.clone() })
        .collect())
}

/// Reads `patient_id,same_as` with a head line; same_as may be empty.
fn read_list(node: &Node, path: &Path) -> anyhow::Result<Vec<Line>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = text.trim_start_matches('\u{FEFF}').lines().enumerate();
    let head = rows.next().map(|(_, head)| head.trim()).unwrap_or_default();
    anyhow::ensure!(
        head == "patient_id,same_as",
        "{}:1: expected the head `patient_id,same_as`, found `{head}`",
        path.display()
    );
    rows.filter(|(_, row)| !row.trim().is_empty())
        .map(|(number, row)| {
            let place = || format!("{}:{}: `{row}`", path.display(), number + 1);
            let (patient_id, person) = row
                .trim()
                .split_once(',')
                .with_context(|| format!("{}: expected two columns", place()))?;
            anyhow::ensure!(!patient_id.is_empty(), "{}: no patient ID", place());
            let same_as = match person {
                "" => None,
                person => Some(same_as(node, person).with_context(place)?),
            };
            Ok(Line { patient_id: patient_id.to_owned(), same_as })
        })
        .collect()
}

/// `SOURCE:PATIENT`, or a community ID.
fn same_as(node: &Node, text: &str) -> anyhow::Result<SameAs> {
    if let Some((source, patient)) = text.split_once(':') {
        let gateway = node.gateway()?;
        let found = block_on(async { Ok(gateway.source(source).await?) })?;
        return Ok(SameAs::Identity { domain_oid: found.domain.oid, local_id: patient.to_owned() });
    }
    let id = text
        .parse()
        .with_context(|| format!("`{text}` is neither SOURCE:PATIENT nor a community id"))?;
    Ok(SameAs::Community(id))
}
