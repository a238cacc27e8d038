//! Runs plans step by step, and counts.

use super::allot::Ids;
use super::contents::Objects;
use super::deviations::Deviation;
use super::element::{Element, Node};
use super::grade::{self, Outcome};
use super::kit::{Section, Test};
use super::links::{self, Here, Link, PATIENT};
use super::log::{self, Logs};
use super::patients::Patients;
use super::plan::Step;
use super::prepare::{self, Prepared};
use super::retrieve::{self, Measure};
use super::soap::{self, Answer, Request};
use super::transaction::{Kind, Transaction};
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// How many steps ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// As the plan expects.
    pub passed: u32,
    /// Otherwise.
    pub failed: u32,
    /// Otherwise, as we decided to.
    pub by_choice: u32,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tally { passed, failed, by_choice } = self;
        write!(formatter, "{passed} passed, {failed} failed, {by_choice} by choice")
    }
}

/// Runs tests against one registry and repository.
pub struct Runner {
    /// Addresses of registry and repository.
    pub endpoints: (String, String),
    /// Where fresh patients come from.
    pub patients: Patients,
    /// Where ids come from.
    pub ids: Ids,
    /// What we decided otherwise.
    pub deviations: Vec<Deviation>,
    /// What the steps did.
    pub logs: Logs,
    /// The count.
    pub tally: Tally,
    /// Takes one line a step.
    pub say: fn(&str),
    submitted: BTreeMap<String, Vec<u8>>,
}

/// The patient of a test's steps: fresh, as soon as one is needed.
type Patient = Option<String>;

impl Runner {
    /// A runner that has run nothing.
    pub fn new(
        endpoints: (String, String),
        patients: Patients,
        deviations: Vec<Deviation>,
        say: fn(&str),
    ) -> Result<Runner> {
        Ok(Runner {
            endpoints,
            patients,
            ids: Ids::new()?,
            deviations,
            logs: Logs::default(),
            tally: Tally::default(),
            say,
            submitted: BTreeMap::new(),
        })
    }

    /// Runs a test's sections.
    pub fn test(&mut self, test: &Test) {
        let mut patient: Patient = None;
        let mut names = Vec::new();
        for section in &test.sections {
            self.section(test, section, &mut patient);
            names.extend(section.plan.steps.iter().map(|step| name(section, step)));
            names.extend(section.plan.steps.is_empty().then(|| section.name.clone()));
        }
        let stale: Vec<_> = self
            .deviations
            .iter()
            .filter(|one| one.test == test.id && !names.contains(&one.step))
            .map(|one| one.step.clone())
            .collect();
        for step in stale {
            self.tally.failed += 1;
            (self.say)(&format!(
                "FAIL {}/{step}: a deviation names it, but there is no such step",
                test.id
            ));
        }
    }

    fn section(&mut self, test: &Test, section: &Section, patient: &mut Patient) {
        self.logs.begin(&test.id, &section.name);
        if section.plan.patient.is_some() {
            patient.clone_from(&section.plan.patient);
        }
        let mut failed: Option<&str> = None;
        for step in &section.plan.steps {
            let wrong = match failed {
                // As in the kit: what follows a failed step would only say the same again.
                Some(earlier) => vec![format!("not run: step {earlier} failed before")],
                None => self.step(test, section, step, patient),
            };
            if !self.count(test, &name(section, step), &wrong) {
                failed = failed.or(Some(&step.id));
            }
        }
        if section.plan.steps.is_empty() {
            let why = section.plan.broken.as_deref().unwrap_or("the plan has no steps");
            self.count(test, &section.name, &[why.to_owned()]);
        }
    }

    /// Counts a step and says it; whether the section may go on.
    fn count(&mut self, test: &Test, step: &str, wrong: &[String]) -> bool {
        let mut all = self.deviations.iter();
        let deviation = all.find(|one| one.test == test.id && one.step == step);
        let text = wrong.join("; ");
        let place = format!("{}/{step}", test.id);
        match (wrong.is_empty(), deviation) {
            (true, None) => {
                self.tally.passed += 1;
                (self.say)(&format!("pass {place}"));
                true
            }
            (true, Some(_)) => {
                self.tally.failed += 1;
                (self.say)(&format!("FAIL {place}: a deviation is noted, but there is none"));
                true
            }
            (false, Some(deviation)) if text.contains(&deviation.failure) => {
                self.tally.by_choice += 1;
                (self.say)(&format!("ours {place}: {text} [{}]", deviation.reason));
                true
            }
            (false, _) => {
                self.tally.failed += 1;
                (self.say)(&format!("FAIL {place}: {text}"));
                false
            }
        }
    }

    /// What is wrong with a step.
    fn step(
        &mut self,
        test: &Test,
        section: &Section,
        step: &Step,
        patient: &mut Patient,
    ) -> Vec<String> {
        let unknown: Vec<_> = section.plan.unknown.iter().chain(&step.unknown).collect();
        if !unknown.is_empty() {
            return unknown.iter().map(|name| format!("`{name}` is not known")).collect();
        }
        let here = Here { test: &test.id, section: &section.name };
        self.try_step(here, section, step, patient)
            .unwrap_or_else(|error| vec![format!("{error:#}")])
    }

    fn try_step(
        &mut self,
        here: Here<'_>,
        section: &Section,
        step: &Step,
        patient: &mut Patient,
    ) -> Result<Vec<String>> {
        if step.new_patient {
            *patient = Some(self.patients.fresh()?);
        }
        let Some(plan) = &step.transaction else { return Ok(Vec::new()) };
        let links = self.links(here, plan)?;
        let mut log = Element::new(&plan.name).with("step", &step.id);
        let mut wrong = Vec::new();
        match plan.kind {
            Kind::Nothing => {}
            Kind::Feed => {
                let fed = match (&*patient, plan.new_patient) {
                    (Some(known), false) => known.clone(),
                    _ => self.patients.fresh()?,
                };
                *patient = Some(fed.clone());
                let reports = Element::new("Reports").and(log::report(PATIENT, &fed));
                log = log.and(Element::new("PatientId").holding(&fed)).and(reports);
            }
            _ => {
                let own = self.patient(step, plan, &links, patient)?;
                let is_refused = step.expected.error_code.is_some();
                let prepared = prepare::prepare(
                    plan,
                    &section.directory,
                    &links,
                    &own,
                    &mut self.ids,
                    is_refused,
                )?;
                let sent = self.send(here, section, step, plan, prepared, &mut log);
                match sent {
                    Ok(found) => wrong = found,
                    Err(error) => wrong.push(format!("{error:#}")),
                }
            }
        }
        self.logs.add(here.test, here.section, &step.id, log);
        if wrong.is_empty() {
            wrong = self.assertions(here, plan, &links)?;
        }
        Ok(wrong)
    }

    fn links(&mut self, here: Here<'_>, plan: &Transaction) -> Result<Vec<Link>> {
        let mut links = Vec::new();
        for instruction in &plan.uses {
            links.push(links::resolve(instruction, here, &self.logs, &mut self.patients)?);
        }
        for symbol in &plan.new_uuids {
            links.push((symbol.clone(), self.ids.uuid()?));
        }
        // Later ones must not be cut by shorter ones that begin alike.
        links.sort_by_key(|(symbol, _)| std::cmp::Reverse(symbol.len()));
        links.extend(prepare::standing_links());
        Ok(links)
    }

    fn patient(
        &mut self,
        step: &Step,
        plan: &Transaction,
        links: &[Link],
        patient: &mut Patient,
    ) -> Result<String> {
        if step.unknown_patient {
            return self.patients.unknown();
        }
        let fed = links.iter().find(|(symbol, _)| symbol == PATIENT);
        if let Some((_, fed)) = fed {
            // Steps of the test that name no patient go on with this one.
            patient.get_or_insert_with(|| fed.clone());
            return Ok(fed.clone());
        }
        if patient.is_none() && plan.kind.submits() {
            *patient = Some(self.patients.fresh()?);
        }
        Ok(patient.clone().unwrap_or_default())
    }

    /// Sends the message, writes the log, grades the answer.
    fn send(
        &mut self,
        here: Here<'_>,
        section: &Section,
        step: &Step,
        plan: &Transaction,
        prepared: Prepared,
        log: &mut Element,
    ) -> Result<Vec<String>> {
        if plan.wait_ms > 0 {
            std::thread::sleep(std::time::Duration::from_millis(plan.wait_ms));
        }
        let (registry, repository) = &self.endpoints;
        let request = Request {
            url: if plan.kind.is_of_repository() { repository } else { registry }.clone(),
            action: plan.kind.action().to_owned(),
            message_id: self.ids.uuid()?,
            headers: plan.headers.clone(),
            body: prepared.body,
            parts: prepared.parts,
        };
        log.children.extend(prepared.allotted.into_iter().map(Node::Element));
        let input = Element::new("InputMetadata").and(request.body.clone());
        log.children.push(Node::Element(input));
        let answer = soap::call(&request)?;
        log.children.push(Node::Element(Element::new("Result").and(bare(&answer.body))));
        let mut wrong = grade::grade(plan.kind, &answer, &request.message_id, &step.expected);
        if wrong.is_empty() && Outcome::of(&answer.body).status != "Failure" {
            self.submitted.extend(prepared.submitted);
        }
        let mut reports = prepared.reports;
        if plan.kind == Kind::Retrieve && wrong.is_empty() && answer.body.name != "Fault" {
            let (found, values) =
                self.retrieved(here, section, step, plan, &request.body, &answer)?;
            wrong.extend(found);
            reports.extend(values);
        } else if let Some(expected) = &plan.expected_contents {
            wrong.extend(Objects::of(&answer.body).grade(expected, here, &self.logs)?);
        }
        if wrong.is_empty() {
            let mut written = Element::new("Reports");
            for report in &plan.reports {
                let value = log::look(log, &report.section, &report.xpath)
                    .with_context(|| format!("Report {}", report.name))?;
                written.children.push(Node::Element(log::report(&report.name, &value)));
            }
            let others = reports.iter().map(|(name, value)| log::report(name, value));
            written.children.extend(others.map(Node::Element));
            log.children.push(Node::Element(written));
        }
        Ok(wrong)
    }

    fn retrieved(
        &self,
        here: Here<'_>,
        section: &Section,
        step: &Step,
        plan: &Transaction,
        request: &Element,
        answer: &Answer,
    ) -> Result<(Vec<String>, Vec<Link>)> {
        let documents = retrieve::documents(answer)?;
        let metadata = match &plan.reference_metadata {
            Some((testdir, step)) => {
                let (test, section) = links::target(testdir, here, &self.logs);
                Some(self.logs.transaction(&test, &section, step)?)
            }
            None => None,
        };
        let measure = Measure {
            request,
            plan,
            metadata,
            submitted: &self.submitted,
            directory: &section.directory,
            may_lack: !step.expected.statuses.iter().all(|status| status == "Success"),
        };
        Ok((measure.grade(&documents), retrieve::values(&documents, 0)))
    }

    fn assertions(
        &self,
        here: Here<'_>,
        plan: &Transaction,
        links: &[Link],
    ) -> Result<Vec<String>> {
        let mut data = Element::new("Data");
        for (file, name) in &plan.data {
            let log = match file.strip_suffix("/log.xml") {
                _ if file == "THIS" => self.logs.section(here.test, here.section)?,
                Some(testdir) => {
                    let (test, section) = links::target(testdir, here, &self.logs);
                    self.logs.section(&test, &section)?
                }
                None => anyhow::bail!("DataRef file `{file}` is not known"),
            };
            data.children.push(Node::Element(Element::new(name).and(log.clone())));
        }
        let mut wrong = Vec::new();
        for (id, expression) in &plan.asserts {
            let replaced = links
                .iter()
                .fold(expression.clone(), |text, (symbol, value)| text.replace(symbol, value));
            let value = log::evaluate(&data, &replaced).with_context(|| format!("Assert {id}"))?;
            if value != "true" {
                wrong.push(format!("Assert {id} is `{value}`: {replaced}"));
            }
        }
        Ok(wrong)
    }
}

/// A step as our deviations and the closing lines call it: a plan at a test's root has no section.
pub fn name(section: &Section, step: &Step) -> String {
    match section.name.as_str() {
        "" => step.id.clone(),
        section => format!("{section}/{}", step.id),
    }
}

/// An answer without the bytes of documents.
fn bare(body: &Element) -> Element {
    let mut body = body.clone();
    body.change_all(&mut |element| {
        if element.name == "Document" {
            element.children.clear();
        }
    });
    body
}
