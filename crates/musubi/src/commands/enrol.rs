//! `musubi enrol`: patients of a source take part.

use crate::cli::EnrolArguments;
use crate::commands::named;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use gateway::{GatewayError, Source};
use identity::{Candidate, EnrolOutcome, EnrolRequest, IdentityError, SameAs, Viewers};
use model::demographics::Demographics;
use serde_json::json;
use std::path::Path;
use store::Tx;

/// One patient to enrol.
struct Line {
    patient_id: String,
    same_as: Option<SameAs>,
}

/// What the command says of everybody it enrols.
struct Wish {
    viewers: Vec<String>,
    /// Patients were named, not only found in the storage.
    names_patients: bool,
    /// Viewers were named, not only configured.
    names_viewers: bool,
    despite_differences: bool,
}

/// What came of one patient.
struct Enrolled {
    patient_id: String,
    outcome: EnrolOutcome,
    /// Codes of viewers that are left out, because the patient ended consent to them.
    ended: Vec<String>,
}

/// Enrols one by one, each in a transaction of its own, and says what came of it.
pub fn run(node: &Node, arguments: EnrolArguments) -> anyhow::Result<()> {
    let source = named::source(node, &arguments.source)?;
    let (lines, misfits) = lines(node, &source, &arguments)?;
    anyhow::ensure!(
        !lines.is_empty(),
        "nobody to enrol: source {} has no patient folders",
        source.name
    );
    let names_viewers = !arguments.viewers.is_empty();
    let wish = Wish {
        viewers: match names_viewers {
            false => node.config.enrolment.viewing_facilities.clone(),
            true => arguments.viewers.clone(),
        },
        names_patients: !arguments.all,
        names_viewers,
        despite_differences: arguments.despite_differences,
    };
    let asked = lines.len();
    let mut done = Vec::with_capacity(asked);
    for line in lines {
        let patient_id = line.patient_id.clone();
        let enrolled = enrol(node, &source, line, &wish)
            .with_context(|| format!("patient {patient_id} of source {}", source.name))?;
        done.extend(enrolled);
    }
    let withdrawn = asked - done.len();
    if arguments.json {
        return output::json(&summary(&done, withdrawn, &misfits));
    }
    if let [one] = done.as_slice() {
        output::line(format!(
            "patient {}: community id {}",
            one.patient_id, one.outcome.community_id
        ));
    }
    let new = done.iter().filter(|one| one.outcome.is_enrolled_now).count();
    output::line(format!("enrolled {new}, already enrolled {}", done.len() - new));
    say_what_was_left_out(&done, withdrawn);
    if !misfits.is_empty() {
        output::line(format!(
            "left out {} folders whose names are no numbers of domain {}: {}",
            misfits.len(),
            source.domain.oid,
            output::printable(&misfits.join(" "))
        ));
    }
    if !arguments.all {
        let named: Vec<String> = done.iter().map(|one| one.patient_id.clone()).collect();
        warn_of_missing_folders(&source, &named);
    }
    if wish.viewers.is_empty() {
        output::line(
            "no viewing facility was named: nobody sees them until consent is recorded (--viewer CODE)",
        );
    }
    Ok(())
}

fn summary(done: &[Enrolled], withdrawn: usize, misfits: &[String]) -> serde_json::Value {
    let new = done.iter().filter(|one| one.outcome.is_enrolled_now).count();
    let patients = done.iter().map(|one| {
        json!({
            "patient_id": one.patient_id,
            "community_id": one.outcome.community_id.digits(),
            "is_enrolled_now": one.outcome.is_enrolled_now,
            "viewers_left_out": one.ended,
        })
    });
    json!({
        "enrolled": new, "already_enrolled": done.len() - new, "withdrawn": withdrawn,
        "patients": patients.collect::<Vec<_>>(), "no_numbers_of_the_domain": misfits,
    })
}

fn say_what_was_left_out(done: &[Enrolled], withdrawn: usize) {
    if withdrawn > 0 {
        output::line(format!(
            "left out {withdrawn} who have withdrawn or are suspended: name them with --patient if \
             they take part again, or resume them"
        ));
    }
    let ended = done.iter().filter(|one| !one.ended.is_empty()).count();
    if ended > 0 {
        output::line(format!(
            "{ended} had ended consent to a viewing facility and it stays ended: name patient and \
             facility with --patient and --viewer if they consent again"
        ));
    }
}

/// A mistyped ID is found when it is enrolled. A source that cannot be looked at is no reason
/// not to enrol.
fn warn_of_missing_folders(source: &Source, named: &[String]) {
    if source.kind == gateway::KIND_DICOM {
        return;
    }
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

/// Enrols one patient; `None` where a list finds somebody who has withdrawn.
fn enrol(
    node: &Node,
    source: &Source,
    line: Line,
    wish: &Wish,
) -> anyhow::Result<Option<Enrolled>> {
    let patient_id = line.patient_id.clone();
    let request = EnrolRequest {
        domain_oid: source.domain.oid.clone(),
        local_id: line.patient_id,
        same_as: line.same_as,
        viewers: wish.viewers.clone(),
        actor: node::actor(),
        now: node.now(),
        basis: match wish.despite_differences {
            false => "musubi enrol".to_owned(),
            true => "musubi enrol --despite-differences".to_owned(),
        },
    };
    let claim = match &request.same_as {
        Some(same_as) if !wish.despite_differences => {
            let candidate = Candidate {
                domain_oid: request.domain_oid.clone(),
                local_id: request.local_id.clone(),
                demographics: basics(source, &request.local_id),
            };
            Some((candidate, same_as.clone()))
        }
        _ => None,
    };
    let (names_patients, asks_anew) =
        (wish.names_patients, wish.names_patients && wish.names_viewers);
    let ids = node.ids.clone();
    let enrolled = node.store.write_blocking(move |tx: &mut Tx| {
        let gone = identity::has_withdrawn(tx, &request.domain_oid, &request.local_id)?
            || identity::is_suspended(tx, &request.domain_oid, &request.local_id)?;
        if gone && !names_patients {
            return Ok::<_, IdentityError>(None);
        }
        if let Some((candidate, same_as)) = &claim {
            identity::check_agreement(tx, candidate, same_as)?;
        }
        let viewers = match asks_anew {
            true => Viewers { open: request.viewers.clone(), ended: Vec::new() },
            false => identity::part_viewers(tx, &request)?,
        };
        let wanted = EnrolRequest { viewers: viewers.open, ..request.clone() };
        let outcome = identity::enrol(tx, ids.as_ref(), &wanted)?;
        Ok(Some((outcome, viewers.ended)))
    })?;
    Ok(enrolled.map(|(outcome, ended)| Enrolled { patient_id, outcome, ended }))
}

/// What the storage says of a patient who is said to be somebody known. A storage that cannot be
/// looked at is no reason not to enrol, but the check is then left to the pages' alarm.
fn basics(source: &Source, patient_id: &str) -> Option<Demographics> {
    match gateway::basics(source, patient_id) {
        Ok(found) => found,
        Err(error) => {
            output::line(format!(
                "birth date and sex of {patient_id} could not be compared: {error}"
            ));
            None
        }
    }
}

/// Whom to enrol, and the names of folders that are no numbers of the source's domain.
fn lines(
    node: &Node,
    source: &Source,
    arguments: &EnrolArguments,
) -> anyhow::Result<(Vec<Line>, Vec<String>)> {
    if let Some(path) = &arguments.list {
        return Ok((read_list(node, path)?, Vec::new()));
    }
    let (patients, misfits) = match arguments.all {
        true => numbers_of_folders(node, source)?,
        false => (arguments.patients.clone(), Vec::new()),
    };
    anyhow::ensure!(
        arguments.same_as.is_none() || patients.len() == 1,
        "--same-as names one person: give one --patient, or a --list with the column same_as"
    );
    let same_as = arguments.same_as.as_deref().map(|text| named::person(node, text)).transpose()?;
    let lines =
        patients.into_iter().map(|patient_id| Line { patient_id, same_as: same_as.clone() });
    Ok((lines.collect(), misfits))
}

/// The patients who have a folder, and the folders left out: a folder is read by the name it has,
/// so its name must be written as the domain writes its numbers.
fn numbers_of_folders(node: &Node, source: &Source) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let oid = source.domain.oid.clone();
    let domain = node.store.read_blocking(move |tx| store::domain::by_oid(tx, &oid))?;
    let format = domain.map(|domain| domain.format).unwrap_or_default();
    Ok(gateway::patients(source)?.into_iter().partition(|name| format.fits(name)))
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
                person => Some(named::person(node, person).with_context(place)?),
            };
            Ok(Line { patient_id: patient_id.to_owned(), same_as })
        })
        .collect()
}
