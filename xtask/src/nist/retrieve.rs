//! ITI-43: whether the documents that came back are those that were asked for, byte for byte.

use super::element::Element;
use super::mtom;
use super::soap::Answer;
use super::transaction::Transaction;
use anyhow::{Context, Result};
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;
use std::path::Path;

/// Identification scheme of a document entry's uniqueId.
const UNIQUE_ID: &str = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";

/// A document of an answer.
#[derive(Debug)]
pub struct Retrieved {
    unique_id: String,
    repository: String,
    home: String,
    mime_type: String,
    bytes: Vec<u8>,
}

/// The documents of an answer.
pub fn documents(answer: &Answer) -> Result<Vec<Retrieved>> {
    let responses = answer.body.elements().filter(|one| one.name == "DocumentResponse");
    responses
        .map(|response| {
            let text = |name: &str| response.child(name).map(Element::text).unwrap_or_default();
            let unique_id = text("DocumentUniqueId");
            let document = response.child("Document").context("no Document")?;
            Ok(Retrieved {
                repository: text("RepositoryUniqueId"),
                home: text("HomeCommunityId"),
                mime_type: text("mimeType"),
                bytes: mtom::content(document, &answer.parts).with_context(|| unique_id.clone())?,
                unique_id,
            })
        })
        .collect()
}

/// Values that later steps and assertions may use, under the names of the kit.
pub fn values(documents: &[Retrieved], first: usize) -> Vec<(String, String)> {
    let of = |(index, one): (usize, &Retrieved)| {
        let place = index + first;
        [
            (format!("$repuid_doc{place}$"), one.repository.clone()),
            (format!("$mimetype_doc{place}$"), one.mime_type.clone()),
            (format!("$hash_doc{place}$"), hash(&one.bytes)),
            (format!("$home_doc{place}$"), one.home.clone()),
            (format!("$size_doc{place}$"), one.bytes.len().to_string()),
        ]
    };
    documents.iter().enumerate().flat_map(of).collect()
}

/// What a retrieval is measured by.
pub struct Measure<'a> {
    /// What was asked.
    pub request: &'a Element,
    /// Instructions.
    pub plan: &'a Transaction,
    /// The answer of the query that described the documents.
    pub metadata: Option<&'a Element>,
    /// Bytes that this run has submitted, by uniqueId.
    pub submitted: &'a BTreeMap<String, Vec<u8>>,
    /// Where the section's files stand.
    pub directory: &'a Path,
    /// Whether the answer may lack documents.
    pub may_lack: bool,
}

impl Measure<'_> {
    /// What is wrong with the documents.
    pub fn grade(&self, found: &[Retrieved]) -> Vec<String> {
        let mut wrong = Vec::new();
        let asked: Vec<_> =
            self.request.elements().filter(|one| one.name == "DocumentRequest").collect();
        if found.len() != asked.len() && !self.may_lack {
            wrong.push(format!("{} documents, asked for {}", found.len(), asked.len()));
        }
        for one in asked {
            let text = |name: &str| one.child(name).map(Element::text).unwrap_or_default();
            let (unique_id, repository) = (text("DocumentUniqueId"), text("RepositoryUniqueId"));
            let Some(document) = found.iter().find(|one| one.unique_id == unique_id) else {
                if !self.may_lack {
                    wrong.push(format!("no document {unique_id}"));
                }
                continue;
            };
            if document.repository != repository {
                wrong.push(format!("{unique_id} is of repository {}", document.repository));
            }
            wrong.extend(self.bytes(document));
            wrong.extend(self.described(document));
        }
        wrong
    }

    fn bytes(&self, document: &Retrieved) -> Option<String> {
        let unique_id = &document.unique_id;
        if let Some(sent) = self.submitted.get(unique_id) {
            let same = *sent == document.bytes;
            return (!same).then(|| format!("{unique_id} has other bytes than were submitted"));
        }
        let mut references = self.plan.reference_documents.iter();
        let (_, file) = references.find(|(named, _)| named == unique_id)?;
        match std::fs::read(self.directory.join(file)) {
            Ok(bytes) if bytes == document.bytes => None,
            Ok(_) => Some(format!("{unique_id} has other bytes than {file}")),
            Err(error) => Some(format!("{file}: {error}")),
        }
    }

    /// Size, hash and type as the query said.
    fn described(&self, document: &Retrieved) -> Vec<String> {
        let mut expected_type = self.plan.expected_mime_type.clone();
        let mut wrong = Vec::new();
        if let Some(metadata) = self.metadata {
            let Some(entry) = entry(metadata, &document.unique_id) else {
                return vec![format!("{} is not in the query's answer", document.unique_id)];
            };
            for (name, own) in
                [("size", document.bytes.len().to_string()), ("hash", hash(&document.bytes))]
            {
                match slot(entry, name) {
                    Some(value) if value.eq_ignore_ascii_case(&own) => {}
                    other => wrong.push(format!("{name} is {own}, the query says {other:?}")),
                }
            }
            expected_type = entry.attribute("mimeType").map(str::to_owned);
        }
        if let Some(expected) = expected_type.filter(|expected| *expected != document.mime_type) {
            wrong.push(format!("mimeType is {}, expected {expected}", document.mime_type));
        }
        wrong
    }
}

fn entry<'a>(metadata: &'a Element, unique_id: &str) -> Option<&'a Element> {
    let mut entries = metadata.walk().into_iter().filter(|one| one.name == "ExtrinsicObject");
    entries.find(|entry| {
        entry.elements().any(|one| {
            one.attribute("identificationScheme") == Some(UNIQUE_ID)
                && one.attribute("value") == Some(unique_id)
        })
    })
}

fn slot(entry: &Element, name: &str) -> Option<String> {
    let mut slots = entry.elements().filter(|one| one.name == "Slot");
    let slot = slots.find(|one| one.attribute("name") == Some(name))?;
    slot.find("Value").map(Element::text)
}

/// SHA-1 in hexadecimal digits, as metadata write it.
pub fn hash(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(size: &str, mime_type: &str, submitted: &[u8], asked: &str) -> Vec<String> {
        let response = "<R><DocumentResponse><RepositoryUniqueId>1.9</RepositoryUniqueId>\
             <DocumentUniqueId>1.2</DocumentUniqueId><mimeType>text/plain</mimeType>\
             <Document>YWJj</Document></DocumentResponse></R>";
        let body = Element::parse(response).unwrap();
        let answer = Answer { action: None, relates_to: None, body, parts: Vec::new() };
        let found = documents(&answer).unwrap();
        let request = format!(
            "<Q><DocumentRequest><RepositoryUniqueId>1.9</RepositoryUniqueId><DocumentUniqueId>\
             {asked}</DocumentUniqueId></DocumentRequest></Q>"
        );
        let metadata = format!(
            "<L><ExtrinsicObject mimeType=\"{mime_type}\"><Slot name=\"size\"><Value>{size}\
             </Value></Slot><Slot name=\"hash\"><Value>A9993E364706816ABA3E25717850C26C9CD0D89D\
             </Value></Slot><ExternalIdentifier identificationScheme=\"{UNIQUE_ID}\" \
             value=\"1.2\"/></ExtrinsicObject></L>"
        );
        let plan = Element::new("RetrieveTransaction");
        let measure = Measure {
            request: &Element::parse(&request).unwrap(),
            plan: &Transaction::read(&plan, &mut Vec::new()).unwrap(),
            metadata: Some(&Element::parse(&metadata).unwrap()),
            submitted: &BTreeMap::from([("1.2".to_owned(), submitted.to_owned())]),
            directory: Path::new("."),
            may_lack: false,
        };
        measure.grade(&found)
    }

    #[test]
    fn documents_are_those_submitted_and_described() {
        assert_eq!(grade("3", "text/plain", b"abc", "1.2"), [""; 0]);
        assert_eq!(grade("4", "text/plain", b"abc", "1.2").len(), 1);
        assert_eq!(grade("3", "text/xml", b"abc", "1.2").len(), 1);
        assert_eq!(grade("3", "text/plain", b"abd", "1.2").len(), 1);
        assert_eq!(grade("3", "text/plain", b"abc", "1.3").len(), 1);
    }

    #[test]
    fn the_values_of_a_document_have_the_kits_names() {
        let one = Retrieved {
            unique_id: "1.2".into(),
            repository: "1.9".into(),
            home: String::new(),
            mime_type: "a/b".into(),
            bytes: b"abc".to_vec(),
        };
        let values: BTreeMap<_, _> = values(&[one], 0).into_iter().collect();
        assert_eq!(values["$hash_doc0$"], "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            (values["$size_doc0$"].as_str(), values["$repuid_doc0$"].as_str()),
            ("3", "1.9")
        );
    }
}
