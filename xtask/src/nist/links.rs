//! `UseId`, `UseReport`, `UseObjectRef`, `UseXPath`, `UseRepositoryUniqueId`: symbols of a request
//! and the values from earlier steps that take their place.

use super::base64;
use super::element::Element;
use super::kit::place;
use super::log::{self, Logs};
use super::patients::Patients;
use anyhow::{Context, Result, bail};

/// The report by which a patient-feed test hands on its patient.
pub const PATIENT: &str = "$patientid$";

/// Where a step stands.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Its test.
    pub test: &'a str,
    /// Its section.
    pub section: &'a str,
}

/// A symbol and the value that takes its place.
pub type Link = (String, String);

/// The link that an instruction means.
pub fn resolve(
    instruction: &Element,
    here: Here<'_>,
    logs: &Logs,
    patients: &mut Patients,
) -> Result<Link> {
    let name = instruction.name.as_str();
    let link = match name {
        "UseId" => use_id(instruction, here, logs),
        "UseReport" => use_report(instruction, here, logs, patients),
        "UseObjectRef" => use_object_ref(instruction, here, logs),
        "UseXPath" => use_xpath(instruction, here, logs),
        "UseRepositoryUniqueId" => use_repository(instruction, here, logs),
        _ => bail!("not known"),
    };
    let (symbol, value) = link.with_context(|| name.to_owned())?;
    match (symbol.is_empty(), value.is_empty()) {
        (true, _) => bail!("{name} without a symbol"),
        (_, true) => bail!("{name}: the value for {symbol} is empty"),
        _ => Ok((symbol, value)),
    }
}

fn get<'a>(instruction: &'a Element, name: &str) -> &'a str {
    instruction.attribute(name).unwrap_or_default()
}

/// Test and section of an instruction's `testdir`. Some plans write it as seen from the test
/// directory instead of from the section.
pub fn target(testdir: &str, here: Here<'_>, logs: &Logs) -> (String, String) {
    let (test, section) = place(here.test, here.section, testdir);
    match logs.has(&test, &section) {
        true => (test, section),
        false => {
            let (other_test, other) = place(here.test, "", testdir);
            match logs.has(&other_test, &other) {
                true => (other_test, other),
                false => (test, section),
            }
        }
    }
}

fn transaction<'a>(instruction: &Element, here: Here<'_>, logs: &'a Logs) -> Result<&'a Element> {
    let (testdir, step) = (get(instruction, "testdir"), get(instruction, "step"));
    let (test, section) = target(testdir, here, logs);
    match logs.transaction(&test, &section, step) {
        // Plans that were cut into sections still name the step alone.
        Err(_) if testdir.is_empty() => logs.anywhere(here.test, step),
        found => found,
    }
}

fn use_id(instruction: &Element, here: Here<'_>, logs: &Logs) -> Result<Link> {
    let symbol = get(instruction, "symbol").to_owned();
    if let Some(value) = instruction.attribute("value") {
        return Ok((symbol, value.to_owned()));
    }
    let (part, id) = (get(instruction, "section"), get(instruction, "id"));
    let transaction = transaction(instruction, here, logs)?;
    let assigned = transaction.child(part).with_context(|| format!("nothing in `{part}`"))?;
    let found = assigned.elements().find(|one| one.attribute("symbol") == Some(id));
    let value = found.and_then(|one| one.attribute("id"));
    Ok((symbol, value.with_context(|| format!("no `{id}` in {part}"))?.to_owned()))
}

fn use_report(
    instruction: &Element,
    here: Here<'_>,
    logs: &Logs,
    patients: &mut Patients,
) -> Result<Link> {
    let name = get(instruction, "reportName");
    let test = instruction.attribute("test").filter(|test| !test.is_empty()).unwrap_or(here.test);
    let section = match get(instruction, "section") {
        "THIS" => here.section,
        section => section,
    };
    let symbol = get(instruction, "useAs").to_owned();
    // A feed test that the folder lacks is played by the runner.
    if name == PATIENT && test != here.test && !logs.has(test, section) {
        return Ok((symbol, patients.of_feed(test)?));
    }
    Ok((symbol, logs.report(test, section, get(instruction, "step"), name)?))
}

fn use_object_ref(instruction: &Element, here: Here<'_>, logs: &Logs) -> Result<Link> {
    let index: usize = get(instruction, "index").parse().context("index")?;
    let result = transaction(instruction, here, logs)?.child("Result").context("no Result")?;
    let all = result.walk();
    let mut references = all.iter().filter(|one| one.name == "ObjectRef");
    let id = references.nth(index).and_then(|one| one.attribute("id"));
    let id = id.with_context(|| format!("no ObjectRef {index} in the answer"))?;
    Ok((get(instruction, "symbol").to_owned(), id.to_owned()))
}

fn use_xpath(instruction: &Element, here: Here<'_>, logs: &Logs) -> Result<Link> {
    if instruction.attribute("file").is_some() {
        bail!("`file` is not known");
    }
    let (test, section) = target(get(instruction, "testdir"), here, logs);
    // The whole section is the document: expressions name the step themselves.
    logs.transaction(&test, &section, get(instruction, "step"))?;
    let value = log::evaluate(logs.section(&test, &section)?, &instruction.text())?;
    let value = match get(instruction, "decodebase64").eq_ignore_ascii_case("true") {
        true => String::from_utf8(base64::decode(&value)?)?,
        false => value,
    };
    Ok((get(instruction, "symbol").to_owned(), value))
}

fn use_repository(instruction: &Element, here: Here<'_>, logs: &Logs) -> Result<Link> {
    let result = transaction(instruction, here, logs)?.child("Result").context("no Result")?;
    let mut values: Vec<_> = result
        .walk()
        .iter()
        .filter(|one| one.name == "Slot" && one.attribute("name") == Some("repositoryUniqueId"))
        .filter_map(|slot| slot.find("Value").map(Element::text))
        .collect();
    values.dedup();
    match values.as_slice() {
        [value] => Ok((get(instruction, "symbol").to_owned(), value.clone())),
        values => bail!("{} repositories in the answer", values.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs() -> Logs {
        let mut logs = Logs::default();
        let transaction = Element::parse(
            "<RegisterTransaction><AssignedUuids><Assign symbol=\"D\" id=\"urn:uuid:1\"/>\
             </AssignedUuids><Result><A><ObjectRef id=\"one\"/><ObjectRef id=\"two\"/><Slot \
             name=\"repositoryUniqueId\"><ValueList><Value>1.2</Value></ValueList></Slot></A>\
             </Result><Reports><Report name=\"r\">value</Report></Reports></RegisterTransaction>",
        );
        logs.add("1", "submit", "s", transaction.unwrap());
        logs
    }

    fn link(text: &str) -> Result<Link> {
        let mut patients = Patients::given(vec!["p1".to_owned(), "p2".to_owned()], "9.9");
        let here = Here { test: "1", section: "eval" };
        resolve(&Element::parse(text).unwrap(), here, &logs(), &mut patients)
    }

    #[test]
    fn each_instruction_finds_its_value() {
        let found = |text: &str| link(text).unwrap().1;
        let place = "testdir=\"../submit\" step=\"s\" symbol=\"$x$\"";
        assert_eq!(
            found(&format!("<UseId {place} section=\"AssignedUuids\" id=\"D\"/>")),
            "urn:uuid:1"
        );
        let step_alone = "<UseId step=\"s\" symbol=\"$x$\" section=\"AssignedUuids\" id=\"D\"/>";
        assert_eq!(found(step_alone), "urn:uuid:1");
        assert_eq!(found("<UseId symbol=\"$x$\" value=\"v\"/>"), "v");
        assert_eq!(found(&format!("<UseObjectRef {place} index=\"1\"/>")), "two");
        assert_eq!(found(&format!("<UseXPath {place}>//Report[@name='r']</UseXPath>")), "value");
        assert_eq!(found(&format!("<UseRepositoryUniqueId {place}/>")), "1.2");
        let report = "<UseReport section=\"submit\" step=\"s\" reportName=\"r\" useAs=\"$x$\"/>";
        assert_eq!(found(report), "value");
        let seen_from_the_test = "<UseId testdir=\"submit\" step=\"s\" section=\"AssignedUuids\" \
                                  id=\"D\" symbol=\"$x$\"/>";
        assert_eq!(found(seen_from_the_test), "urn:uuid:1");
    }

    #[test]
    fn a_feed_test_that_is_not_there_gives_a_fresh_patient() {
        let feed = "<UseReport test=\"15817\" section=\"pif\" step=\"step\" \
                    reportName=\"$patientid$\" useAs=\"$patientid$\"/>";
        assert_eq!(link(feed).unwrap(), ("$patientid$".to_owned(), "p1".to_owned()));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |text: &str| format!("{:#}", link(text).unwrap_err());
        let place = "testdir=\"../submit\" step=\"s\" symbol=\"$x$\"";
        assert!(
            error(&format!("<UseId {place} section=\"AssignedUids\" id=\"D\"/>"))
                .contains("AssignedUids")
        );
        assert!(
            error(&format!("<UseId {place} section=\"AssignedUuids\" id=\"E\"/>")).contains('E')
        );
        assert!(error(&format!("<UseXPath {place}>//Nothing</UseXPath>")).contains("empty"));
        let other = "<UseReport test=\"2\" section=\"a\" step=\"s\" reportName=\"r\" useAs=\"x\"/>";
        assert!(error(other).contains("2/a"));
    }
}
