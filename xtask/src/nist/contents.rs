//! `ExpectedContents`: what the objects of an answer must be, in the words of the plans.

use super::element::Element;
use super::kit::place;
use super::links::Here;
use super::log::Logs;
use super::translate::association_type;
use anyhow::{Context, Result, bail};

const SUBMISSION_SET: &str = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
const FOLDER: &str = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2";

/// The objects of an answer.
pub struct Objects<'a> {
    documents: Vec<&'a Element>,
    folders: Vec<&'a Element>,
    sets: Vec<&'a Element>,
    associations: Vec<&'a Element>,
    references: Vec<&'a Element>,
    wrong: Vec<String>,
}

impl<'a> Objects<'a> {
    /// Sorts the objects of an answer by what they are.
    pub fn of(body: &'a Element) -> Objects<'a> {
        let list = body.walk().into_iter().find(|one| one.name == "RegistryObjectList");
        let all: Vec<_> = list.into_iter().flat_map(Element::elements).collect();
        let named = |name: &str| all.iter().copied().filter(|one| one.name == name).collect();
        let is_a = |package: &Element, node: &str| {
            let id = package.attribute("id");
            let own = package.elements().filter(|one| one.name == "Classification");
            let beside = all.iter().copied().filter(|one| {
                one.name == "Classification" && one.attribute("classifiedObject") == id
            });
            let mut classifications = own.chain(beside);
            classifications.any(|one| one.attribute("classificationNode") == Some(node))
        };
        let packages: Vec<&Element> = named("RegistryPackage");
        let mut objects = Objects {
            documents: named("ExtrinsicObject"),
            folders: packages.iter().copied().filter(|one| is_a(one, FOLDER)).collect(),
            sets: packages.iter().copied().filter(|one| is_a(one, SUBMISSION_SET)).collect(),
            associations: named("Association"),
            references: named("ObjectRef"),
            wrong: Vec::new(),
        };
        if objects.folders.len() + objects.sets.len() != packages.len() {
            objects.say("a RegistryPackage is neither (only) a submission set nor a folder");
        }
        objects
    }

    /// What is wrong, measured by `expected`.
    pub fn grade(mut self, expected: &Element, here: Here<'_>, logs: &Logs) -> Result<Vec<String>> {
        for part in expected.elements() {
            match part.name.as_str() {
                "DocumentEntries" => self.entries(part, here, logs)?,
                _ => self.grade_one(part).with_context(|| part.name.clone())?,
            }
        }
        Ok(self.wrong)
    }

    fn grade_one(&mut self, part: &Element) -> Result<()> {
        let count = || -> Result<usize> {
            part.attribute("count").context("no count")?.trim().parse().context("count")
        };
        match part.name.as_str() {
            "Documents" => self.counts("documents", self.documents.len(), count()?),
            "Folders" => self.counts("folders", self.folders.len(), count()?),
            "SubmissionSets" => self.counts("submission sets", self.sets.len(), count()?),
            "Associations" => self.counts("associations", self.associations.len(), count()?),
            "ObjectRefs" => {
                self.counts("object references", self.references.len(), count()?);
                self.exactly(0, 0, 0, 0);
            }
            "None" => self.exactly(0, 0, 0, 0),
            "NoSubmissionSet" => self.counts("submission sets", self.sets.len(), 0),
            "NoDocument" => self.counts("documents", self.documents.len(), 0),
            "DocApp" => self.all_are("documents", "Approved"),
            "DocDep" => self.all_are("documents", "Deprecated"),
            "FolApp" => self.all_are("folders", "Approved"),
            "FolDep" => self.all_are("folders", "Deprecated"),
            "OneDocApp" => self.one_is("Approved"),
            "OneDocDep" => self.one_is("Deprecated"),
            "SSApproved" => self.set_is_approved(),
            "SSwithOneDoc" | "SSwithOneDocOnly" => {
                self.exactly(1, 1, 0, 1);
                self.set_with(part, false);
            }
            "SSwithTwoDoc" | "SSwithTwoDocOnly" => {
                self.exactly(1, 2, 0, 2);
                self.set_with(part, false);
            }
            "SSwithOneFol" => {
                self.exactly(1, 0, 1, 1);
                self.set_with(part, false);
            }
            "SSwithOneDocOneFol" => {
                self.exactly(1, 1, 1, 4);
                self.set_with(part, true);
            }
            "SSwithTwoDocOneFol" => {
                self.exactly(1, 2, 1, 7);
                self.set_with(part, true);
            }
            "SSwithTwoDocOneFolOneDocInFol" => {
                self.exactly(1, 2, 1, 5);
                self.set_with(part, true);
            }
            "HasRPLC" => self.has_relation("RPLC"),
            "HasXFRM_RPLC" => self.has_relation("XFRM_RPLC"),
            "HasAPND" => self.has_relation("APND"),
            "DocRplcDoc" => self.replaced(),
            "HasSnapshotPattern" => self.snapshot(),
            _ => bail!("expected contents that are not known"),
        }
        Ok(())
    }

    fn say(&mut self, text: impl Into<String>) {
        self.wrong.push(text.into());
    }

    fn counts(&mut self, what: &str, found: usize, expected: usize) {
        if found != expected {
            self.say(format!("{found} {what}, expected {expected}"));
        }
    }

    fn exactly(&mut self, sets: usize, documents: usize, folders: usize, associations: usize) {
        self.counts("submission sets", self.sets.len(), sets);
        self.counts("documents", self.documents.len(), documents);
        self.counts("folders", self.folders.len(), folders);
        self.counts("associations", self.associations.len(), associations);
    }

    fn all_are(&mut self, what: &str, status: &str) {
        let objects = if what == "folders" { &self.folders } else { &self.documents };
        let others: Vec<_> = objects
            .iter()
            .filter(|one| !has_status(one, status))
            .map(|one| format!("{} is {}", id(one), one.attribute("status").unwrap_or("none")))
            .collect();
        for other in others {
            self.say(format!("{other}, expected {status}"));
        }
    }

    fn one_is(&mut self, status: &str) {
        let found = self.documents.iter().filter(|one| has_status(one, status)).count();
        self.counts(&format!("documents that are {status}"), found, 1);
    }

    fn set_is_approved(&mut self) {
        match self.sets.first() {
            Some(set) if has_status(set, "Approved") => {}
            Some(set) => self.say(format!("submission set {} is not Approved", id(set))),
            None => self.say("no submission set"),
        }
    }

    /// A submission set with its members; with a folder also the folder's, each of which the
    /// submission set has as a member too.
    fn set_with(&mut self, part: &Element, folder_has_members: bool) {
        let Some(set) = self.sets.first().copied() else { return };
        if !part.name.ends_with("Only") {
            self.set_is_approved();
        }
        let members: Vec<_> = self.documents.iter().chain(&self.folders).copied().collect();
        for member in members {
            if self.relation("HasMember", id(set), id(member)).is_none() {
                self.say(format!("{} is no member of the submission set", id(member)));
            }
        }
        let Some(folder) = self.folders.first().copied().filter(|_| folder_has_members) else {
            return;
        };
        let inside: Vec<_> = self
            .documents
            .iter()
            .filter_map(|document| self.relation("HasMember", id(folder), id(document)))
            .collect();
        let expected = match part.name.as_str() {
            "SSwithTwoDocOneFol" => 2,
            _ => 1,
        };
        self.counts("documents in the folder", inside.len(), expected);
        for association in inside {
            if self.relation("HasMember", id(set), id(association)).is_none() {
                self.say(format!("{} is no member of the submission set", id(association)));
            }
        }
    }

    fn relation(&self, kind: &str, source: &str, target: &str) -> Option<&'a Element> {
        let kind = association_type(kind);
        self.associations.iter().copied().find(|one| {
            one.attribute("associationType") == Some(&kind)
                && one.attribute("sourceObject") == Some(source)
                && one.attribute("targetObject") == Some(target)
        })
    }

    fn of_type(&self, kind: &str) -> Vec<&'a Element> {
        let kind = association_type(kind);
        let all = self.associations.iter().copied();
        all.filter(|one| one.attribute("associationType") == Some(&kind)).collect()
    }

    /// At least one association of a type, and no two to one document.
    fn has_relation(&mut self, kind: &str) {
        let found = self.of_type(kind);
        let mut targets: Vec<_> = found.iter().map(|one| one.attribute("targetObject")).collect();
        targets.sort_unstable();
        let all = targets.len();
        targets.dedup();
        if found.is_empty() {
            self.say(format!("no association {kind}"));
        } else if targets.len() != all {
            self.say(format!("several associations {kind} to one document"));
        }
    }

    fn replaced(&mut self) {
        self.counts("documents", self.documents.len(), 2);
        self.counts("associations", self.associations.len(), 1);
        let [one, other] = self.documents[..] else { return };
        let (new, old) = match has_status(one, "Approved") {
            true => (one, other),
            false => (other, one),
        };
        if self.relation("RPLC", id(new), id(old)).is_none() {
            self.say(format!("no RPLC from {} to {}", id(new), id(old)));
        }
        if !has_status(old, "Deprecated") {
            self.say(format!("{} is not Deprecated", id(old)));
        }
    }

    fn snapshot(&mut self) {
        let [association] = self.of_type("IsSnapshotOf")[..] else {
            return self.say("not exactly one association IsSnapshotOf");
        };
        const ENDS: [(&str, &str); 2] = [
            ("sourceObject", "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"),
            ("targetObject", "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"),
        ];
        for (end, object_type) in ENDS {
            let wanted = association.attribute(end);
            let found = self.documents.iter().find(|one| one.attribute("id") == wanted);
            let fits = found.is_some_and(|one| {
                has_status(one, "Approved") && one.attribute("objectType") == Some(object_type)
            });
            if !fits {
                self.say(format!("{end} of IsSnapshotOf is no Approved entry of {object_type}"));
            }
        }
    }

    /// Documents by the ids that an earlier step gave them.
    fn entries(&mut self, expected: &Element, here: Here<'_>, logs: &Logs) -> Result<()> {
        for rule in expected.elements() {
            if rule.name == "DocumentEntryType" {
                self.types(&rule.text());
                continue;
            }
            if !matches!(rule.name.as_str(), "MustOnlyInclude" | "Include" | "Exclude") {
                bail!("DocumentEntries/{} is not known", rule.name);
            }
            let entries: Vec<_> = rule.elements().collect();
            for entry in &entries {
                self.entry(rule, entry, here, logs)?;
            }
            if rule.name == "MustOnlyInclude" {
                self.counts("documents", self.documents.len(), entries.len());
            }
        }
        Ok(())
    }

    fn types(&mut self, expected: &str) {
        let others: Vec<_> = self
            .documents
            .iter()
            .filter(|one| one.attribute("objectType") != Some(expected))
            .map(|one| format!("{} is not of type {expected}", id(one)))
            .collect();
        self.wrong.extend(others);
    }

    fn entry(
        &mut self,
        rule: &Element,
        entry: &Element,
        here: Here<'_>,
        logs: &Logs,
    ) -> Result<()> {
        let mut found = None;
        for part in entry.elements() {
            match part.name.as_str() {
                "UseId" => {
                    let wanted = submitted(part, here, logs)?;
                    found = self.documents.iter().find(|one| id(one) == wanted).copied();
                    if found.is_some() == (rule.name == "Exclude") {
                        let word = if found.is_some() { "" } else { "not " };
                        self.say(format!("{wanted} is {word}in the answer ({})", rule.name));
                    }
                }
                "DocumentEntryType" => {
                    let expected = part.text();
                    if let Some(other) =
                        found.filter(|one| one.attribute("objectType") != Some(&expected))
                    {
                        self.say(format!("{} is not of type {expected}", id(other)));
                    }
                }
                other => bail!("DocumentEntry/{other} is not known"),
            }
        }
        Ok(())
    }
}

/// The id that an earlier step allotted.
fn submitted(instruction: &Element, here: Here<'_>, logs: &Logs) -> Result<String> {
    let get = |name: &str| instruction.attribute(name).unwrap_or_default();
    let (test, section) = place(here.test, here.section, get("testdir"));
    let transaction = logs.transaction(&test, &section, get("step"))?;
    let assigned = transaction.child(get("section")).context("nothing assigned there")?;
    let found = assigned.elements().find(|one| one.attribute("symbol") == Some(get("id")));
    let value = found.and_then(|one| one.attribute("id"));
    Ok(value.with_context(|| format!("no `{}`", get("id")))?.to_owned())
}

fn id(object: &Element) -> &str {
    object.attribute("id").unwrap_or_default()
}

fn has_status(object: &Element, status: &str) -> bool {
    let full = format!("urn:oasis:names:tc:ebxml-regrep:StatusType:{status}");
    object.attribute("status") == Some(&full)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: &str = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
    const APPROVED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";

    fn package(id: &str, node: &str) -> String {
        format!(
            "<RegistryPackage id=\"{id}\" status=\"{APPROVED}\"><Classification \
             classificationNode=\"{node}\"/></RegistryPackage>"
        )
    }

    fn document(id: &str, status: &str) -> String {
        let status = format!("urn:oasis:names:tc:ebxml-regrep:StatusType:{status}");
        format!("<ExtrinsicObject id=\"{id}\" status=\"{status}\" objectType=\"stable\"/>")
    }

    fn association(id: &str, kind: &str, source: &str, target: &str) -> String {
        format!(
            "<Association id=\"{id}\" associationType=\"{kind}\" sourceObject=\"{source}\" \
             targetObject=\"{target}\"/>"
        )
    }

    fn wrong(objects: &[String], expected: &str) -> Vec<String> {
        let body = format!(
            "<AdhocQueryResponse><RegistryObjectList>{}</RegistryObjectList></AdhocQueryResponse>",
            objects.concat()
        );
        let body = Element::parse(&body).unwrap();
        let expected = format!("<ExpectedContents>{expected}</ExpectedContents>");
        let expected = Element::parse(&expected).unwrap();
        let mut logs = Logs::default();
        let submit = "<RegisterTransaction><AssignedUuids><Assign symbol=\"D\" id=\"d\"/>\
                      </AssignedUuids></RegisterTransaction>";
        logs.add("1", "submit", "s", Element::parse(submit).unwrap());
        let here = Here { test: "1", section: "eval" };
        Objects::of(&body).grade(&expected, here, &logs).unwrap()
    }

    #[test]
    fn counts_are_exact() {
        let objects =
            [document("d", "Approved"), document("e", "Deprecated"), package("f", FOLDER)];
        let fits = "<Documents count=\"2\"/><Folders count=\"1\"/><SubmissionSets count=\"0\"/>\
                    <Associations count=\"0\"/><OneDocApp/><OneDocDep/><FolApp/>";
        assert_eq!(wrong(&objects, fits), [""; 0]);
        assert_eq!(wrong(&objects, "<Documents count=\"1\"/>").len(), 1);
        assert_eq!(wrong(&objects, "<DocApp/>").len(), 1);
        assert_eq!(wrong(&objects, "<DocDep/>").len(), 1);
        assert_eq!(wrong(&objects, "<FolDep/><SSApproved/>").len(), 2);
        assert_eq!(wrong(&objects, "<None/>").len(), 2);
        assert_eq!(wrong(&objects, "<ObjectRefs count=\"0\"/>").len(), 2);
        assert_eq!(wrong(&["<ObjectRef id=\"x\"/>".into()], "<ObjectRefs count=\"1\"/>"), [""; 0]);
    }

    #[test]
    fn a_submission_set_has_its_members() {
        let mut objects = vec![
            package("s", SUBMISSION_SET),
            document("d", "Approved"),
            association("a", MEMBER, "s", "d"),
        ];
        assert_eq!(wrong(&objects, "<SSwithOneDoc/>"), [""; 0]);
        assert_eq!(wrong(&objects, "<SSwithTwoDoc/>").len(), 2);
        objects.extend([
            package("f", FOLDER),
            association("b", MEMBER, "s", "f"),
            association("c", MEMBER, "f", "d"),
            association("e", MEMBER, "s", "c"),
        ]);
        assert_eq!(wrong(&objects, "<SSwithOneDocOneFol/>"), [""; 0]);
        objects[6] = association("e", MEMBER, "s", "x");
        assert_eq!(wrong(&objects, "<SSwithOneDocOneFol/>").len(), 1);
    }

    #[test]
    fn relations_are_found_by_their_full_names() {
        let rplc = "urn:ihe:iti:2007:AssociationType:RPLC";
        let mut objects = vec![
            document("new", "Approved"),
            document("old", "Deprecated"),
            association("a", rplc, "new", "old"),
        ];
        assert_eq!(wrong(&objects, "<DocRplcDoc/><HasRPLC/>"), [""; 0]);
        assert_eq!(wrong(&objects, "<HasAPND/>").len(), 1);
        objects.push(association("b", rplc, "x", "old"));
        assert_eq!(wrong(&objects, "<HasRPLC/>").len(), 1);
        objects[2] = association("a", "RPLC", "new", "old");
        assert_eq!(wrong(&objects[..3], "<HasRPLC/>").len(), 1);
    }

    #[test]
    fn entries_are_named_by_earlier_steps() {
        let rule = |name: &str, kind: &str| {
            format!(
                "<DocumentEntries><{name}><DocumentEntry><UseId testdir=\"../submit\" step=\"s\" \
                 section=\"AssignedUuids\" id=\"D\"/><DocumentEntryType>{kind}\
                 </DocumentEntryType></DocumentEntry></{name}></DocumentEntries>"
            )
        };
        let one = [document("d", "Approved")];
        let two = [document("d", "Approved"), document("e", "Approved")];
        assert_eq!(wrong(&one, &rule("MustOnlyInclude", "stable")), [""; 0]);
        assert_eq!(wrong(&two, &rule("MustOnlyInclude", "stable")).len(), 1);
        assert_eq!(wrong(&two, &rule("Include", "on-demand")).len(), 1);
        assert_eq!(wrong(&one, &rule("Exclude", "stable")).len(), 1);
        assert_eq!(wrong(&[document("e", "Approved")], &rule("Include", "stable")).len(), 1);
    }

    #[test]
    fn words_that_are_not_known_are_errors() {
        let expected = Element::parse("<E><SSwithThreeDoc/></E>").unwrap();
        let here = Here { test: "1", section: "" };
        let body = Element::new("AdhocQueryResponse");
        let error = Objects::of(&body).grade(&expected, here, &Logs::default()).unwrap_err();
        assert!(format!("{error:#}").contains("SSwithThreeDoc"));
    }
}
