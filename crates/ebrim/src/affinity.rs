//! The affinity domain: which codes and MIME types it agreed on, read from a file in the form of
//! the IHE test tools' `codes.xml`, and the check of a submission against them.

use crate::problem::{ErrorCode, Problem};
use crate::submission::Submission;
use model::document::{DocumentEntry, XdsCode};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use thiserror::Error;
use xml::Document;

const SECTION: &str = "ITI TF-2 3.42.4.1.3";

macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal),+ $(,)?) => {
        /// An attribute whose values an affinity domain agrees on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CodedAttribute {
            $($(#[doc = $doc])+ $variant),+
        }

        impl CodedAttribute {
            /// Every attribute.
            pub const ALL: &'static [CodedAttribute] = &[$(CodedAttribute::$variant),+];

            /// Its name as `codes.xml` and the configuration write it.
            pub fn name(self) -> &'static str {
                match self { $(CodedAttribute::$variant => $name),+ }
            }

            /// The attribute of a name.
            pub fn from_name(name: &str) -> Option<CodedAttribute> {
                match name { $($name => Some(CodedAttribute::$variant),)+ _ => None }
            }
        }
    };
}

attributes! {
    /// classCode
    Class "classCode",
    /// typeCode
    Type "typeCode",
    /// formatCode
    Format "formatCode",
    /// practiceSettingCode
    PracticeSetting "practiceSettingCode",
    /// healthcareFacilityTypeCode
    FacilityType "healthcareFacilityTypeCode",
    /// confidentialityCode
    Confidentiality "confidentialityCode",
    /// eventCodeList
    Event "eventCodeList",
    /// contentTypeCode of submission sets
    ContentType "contentTypeCode",
    /// codeList of folders
    Folder "folderCodeList",
    /// documentation of associations
    Association "associationDocumentation",
    /// mimeType: the code counts, it has no scheme
    MimeType "mimeType",
}

/// Why a `codes.xml` was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct CodesError {
    /// Where; 1 where the XML itself does not read.
    pub line: u32,
    /// What.
    pub problem: String,
}

/// The code lists of a `codes.xml` by the name of their CodeType, each in the order of the file.
pub type CodeLists = HashMap<String, Vec<XdsCode>>;

/// Reads a `codes.xml`: `CodeType` with `name`, in it `Code` with `code`, `display`,
/// `codingScheme`. What else stands there is passed over.
///
/// # Errors
/// It is no XML, a Code has no code or no CodeType around it, or a CodeType has no name.
pub fn read_codes(text: &str) -> Result<CodeLists, CodesError> {
    let document = Document::parse(text)
        .map_err(|error| CodesError { line: 1, problem: error.to_string() })?;
    let mut lists = CodeLists::new();
    for kind in document.root().children() {
        if kind.name() == "Code" {
            let problem = "a Code outside of a CodeType".to_owned();
            return Err(CodesError { line: kind.line(), problem });
        }
        if kind.name() != "CodeType" {
            continue;
        }
        let name = kind.attribute("name").unwrap_or_default();
        if name.is_empty() {
            let problem = "a CodeType without `name`".to_owned();
            return Err(CodesError { line: kind.line(), problem });
        }
        let list = lists.entry(name.to_owned()).or_default();
        for code in kind.children().filter(|code| code.name() == "Code") {
            let attribute = |name: &str| code.attribute(name).unwrap_or_default().to_owned();
            let read = XdsCode {
                code: attribute("code"),
                display: attribute("display"),
                scheme: attribute("codingScheme"),
            };
            if read.code.is_empty() {
                let problem = format!("a Code of {name} without `code`");
                return Err(CodesError { line: code.line(), problem });
            }
            list.push(read);
        }
    }
    Ok(lists)
}

/// The agreement of an affinity domain.
#[derive(Debug, Clone, Default)]
pub struct Affinity {
    /// Code and scheme of what is allowed. An attribute that is not here is not checked.
    allowed: BTreeMap<CodedAttribute, HashSet<(String, String)>>,
    unchecked: BTreeSet<CodedAttribute>,
}

impl Affinity {
    /// The agreement of a `codes.xml`. An attribute of which it has no list is not checked.
    ///
    /// # Errors
    /// As [`read_codes`].
    pub fn parse(codes_xml: &str) -> Result<Affinity, CodesError> {
        Ok(Affinity::of_lists(&read_codes(codes_xml)?))
    }

    /// The agreement of lists that were read before.
    pub fn of_lists(lists: &CodeLists) -> Affinity {
        let mut affinity = Affinity::default();
        for (name, codes) in lists {
            let Some(attribute) = CodedAttribute::from_name(name) else { continue };
            let is_plain = attribute == CodedAttribute::MimeType;
            let allowed = codes.iter().map(|code| {
                (code.code.clone(), if is_plain { String::new() } else { code.scheme.clone() })
            });
            affinity.allowed.entry(attribute).or_default().extend(allowed);
        }
        affinity
    }

    /// Turns the check of an attribute on or off.
    pub fn set_checked(&mut self, attribute: CodedAttribute, is_checked: bool) {
        match is_checked {
            true => self.unchecked.remove(&attribute),
            false => self.unchecked.insert(attribute),
        };
    }

    /// Whether a code may stand in an attribute; its display name never counts.
    pub fn allows(&self, attribute: CodedAttribute, code: &str, scheme: &str) -> bool {
        match self.allowed.get(&attribute) {
            Some(allowed) if !self.unchecked.contains(&attribute) => {
                allowed.contains(&(code.to_owned(), scheme.to_owned()))
            }
            _ => true,
        }
    }

    /// Every code of a submission that the domain did not agree on.
    pub fn check(&self, submission: &Submission) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut check = |label: &str, attribute: CodedAttribute, codes: &[XdsCode]| {
            for code in codes.iter().filter(|code| !code.code.is_empty()) {
                if !self.allows(attribute, &code.code, &code.scheme) {
                    problems.push(not_agreed(label, attribute, &code.code, &code.scheme));
                }
            }
        };
        for one in &submission.documents {
            let label = format!("DocumentEntry {}", one.id);
            for (attribute, codes) in entry_codes(&one.object) {
                check(&label, attribute, codes);
            }
        }
        let set = &submission.set;
        let label = format!("SubmissionSet {}", set.id);
        let content_type = std::slice::from_ref(&set.object.content_type);
        check(&label, CodedAttribute::ContentType, content_type);
        for one in &submission.folders {
            check(&format!("Folder {}", one.id), CodedAttribute::Folder, &one.object.codes);
        }
        for one in &submission.associations {
            let code = one.details.as_deref().and_then(|details| details.documentation.as_ref());
            let label = format!("Association {}", one.entry_uuid.urn());
            check(&label, CodedAttribute::Association, code.map_or(&[], std::slice::from_ref));
        }
        let attribute = CodedAttribute::MimeType;
        for one in submission.documents.iter().filter(|one| !one.object.mime_type.is_empty()) {
            if !self.allows(attribute, &one.object.mime_type, "") {
                let label = format!("DocumentEntry {}", one.id);
                problems.push(not_agreed(&label, attribute, &one.object.mime_type, ""));
            }
        }
        problems
    }
}

fn entry_codes(entry: &DocumentEntry) -> [(CodedAttribute, &[XdsCode]); 7] {
    use std::slice::from_ref;
    [
        (CodedAttribute::Class, from_ref(&entry.class_code)),
        (CodedAttribute::Type, from_ref(&entry.type_code)),
        (CodedAttribute::Format, from_ref(&entry.format_code)),
        (CodedAttribute::PracticeSetting, from_ref(&entry.practice_setting)),
        (CodedAttribute::FacilityType, from_ref(&entry.facility_type)),
        (CodedAttribute::Confidentiality, &entry.confidentiality),
        (CodedAttribute::Event, &entry.event_codes),
    ]
}

fn not_agreed(label: &str, attribute: CodedAttribute, code: &str, scheme: &str) -> Problem {
    let value = match scheme {
        "" => code.to_owned(),
        scheme => format!("{code}^^{scheme}"),
    };
    let context = format!("{label}: {} {value:?} is not of this affinity domain", attribute.name());
    Problem::new(ErrorCode::XdsRegistryMetadataError, SECTION, context)
}
