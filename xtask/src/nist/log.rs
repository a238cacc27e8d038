//! What each step sent, was allotted and got back, kept as one XML document a section in the
//! form that plans refer to: `TestResults/TestStep/…Transaction` with `AssignedUuids`,
//! `InputMetadata`, `Result`, `Reports`.

use super::allot::Allotted;
use super::element::{Element, Node};
use super::xpath;
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// The logs of a run, by test and section.
#[derive(Debug, Default)]
pub struct Logs {
    sections: BTreeMap<(String, String), Element>,
}

impl Logs {
    /// Begins a section anew.
    pub fn begin(&mut self, test: &str, section: &str) {
        self.sections.insert((test.to_owned(), section.to_owned()), Element::new("TestResults"));
    }

    /// Whether a section has been run.
    pub fn has(&self, test: &str, section: &str) -> bool {
        self.sections.contains_key(&(test.to_owned(), section.to_owned()))
    }

    /// The log of a section.
    pub fn section(&self, test: &str, section: &str) -> Result<&Element> {
        let found = self.sections.get(&(test.to_owned(), section.to_owned()));
        found.with_context(|| format!("section {test}/{section} has not been run"))
    }

    /// Adds what a step did.
    pub fn add(&mut self, test: &str, section: &str, step: &str, transaction: Element) {
        let key = (test.to_owned(), section.to_owned());
        let log = self.sections.entry(key).or_insert_with(|| Element::new("TestResults"));
        let step = Element::new("TestStep").with("id", step).and(transaction);
        log.children.push(Node::Element(step));
    }

    /// What a step did.
    pub fn transaction(&self, test: &str, section: &str, step: &str) -> Result<&Element> {
        let log = self.section(test, section)?;
        let found = log.elements().filter(|one| one.attribute("id") == Some(step));
        let transactions = found.flat_map(|step| step.elements());
        transactions
            .into_iter()
            .next()
            .with_context(|| format!("step {test}/{section}/{step} has not been run"))
    }

    /// What a step of any section of a test did.
    pub fn anywhere(&self, test: &str, step: &str) -> Result<&Element> {
        let sections = self.sections.keys().filter(|(present, _)| present == test);
        let mut found =
            sections.filter_map(|(test, section)| self.transaction(test, section, step).ok());
        found.next().with_context(|| format!("no step {step} of test {test} has been run"))
    }

    /// A value that a step reported.
    pub fn report(&self, test: &str, section: &str, step: &str, name: &str) -> Result<String> {
        let transaction = self.transaction(test, section, step)?;
        let reports = transaction.child("Reports").into_iter().flat_map(Element::elements);
        let mut named = reports.filter(|report| report.attribute("name") == Some(name));
        let report = named.next();
        Ok(report
            .with_context(|| format!("step {test}/{section}/{step} reports no `{name}`"))?
            .text())
    }
}

/// What was allotted, as part of a step's log.
pub fn allotted(name: &str, allotted: &Allotted) -> Element {
    let assigns = allotted
        .iter()
        .map(|(symbol, id)| Element::new("Assign").with("symbol", symbol).with("id", id));
    let mut element = Element::new(name);
    element.children.extend(assigns.map(Node::Element));
    element
}

/// A report of a step.
pub fn report(name: &str, value: &str) -> Element {
    Element::new("Report").with("name", name).holding(value)
}

/// The value of an expression in a part of a step's log.
pub fn look(transaction: &Element, part: &str, expression: &str) -> Result<String> {
    let found = transaction.find(part).with_context(|| format!("the step has no `{part}`"))?;
    evaluate(found, expression)
}

/// The value of an expression with `element` as the root.
pub fn evaluate(element: &Element, expression: &str) -> Result<String> {
    let text = element.write();
    let document = roxmltree::Document::parse(&text).context("the log")?;
    Ok(xpath::text(expression, &document)?.trim().to_owned())
}
