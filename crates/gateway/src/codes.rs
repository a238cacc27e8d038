//! The code lists of the affinity domain (in the form of the IHE test tools' `codes.xml`) and
//! the rules that choose among them (`mapping.toml`). Defaults are built in; a region replaces
//! both through a directory.

use crate::error::GatewayError;
use crate::settings::RestrictedRule;
use ebrim::affinity::{CodeLists, read_codes};
use model::document::{RESTRICTING_LEVELS, XdsCode};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

const CODES_XML: &str = include_str!("../codes/codes.xml");
const MAPPING_TOML: &str = include_str!("../codes/mapping.toml");

/// The kinds of code that the rules choose from; the names are those of `codes.xml`.
const KINDS: [&str; 7] = [
    "classCode",
    "typeCode",
    "formatCode",
    "practiceSettingCode",
    "healthcareFacilityTypeCode",
    "confidentialityCode",
    "contentTypeCode",
];

/// Code lists with their mapping rules, checked against one another.
#[derive(Debug, Clone)]
pub struct Codes {
    lists: CodeLists,
    pub(crate) rules: Rules,
}

/// `mapping.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    pub language: String,
    pub content_type: String,
    pub class: HashMap<String, String>,
    pub document_class: HashMap<String, String>,
    pub structure: HashMap<String, String>,
    pub format: FormatRules,
    pub practice_setting: PracticeSettingRules,
    #[serde(rename = "type")]
    pub document_type: TypeRules,
    pub facility_type: FacilityTypeRules,
    pub confidentiality: ConfidentialityRules,
    #[serde(default)]
    pub restricted: Vec<RestrictedRule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatRules {
    pub prefix: String,
    pub unknown: String,
    pub other: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PracticeSettingRules {
    pub unknown: String,
    pub scheme: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeRules {
    pub scheme: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FacilityTypeRules {
    pub unknown: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfidentialityRules {
    pub normal: String,
    pub restricted: String,
}

impl Codes {
    /// The lists and rules that are built in.
    ///
    /// # Errors
    /// Never, unless the build is damaged.
    pub fn built_in() -> Result<Codes, GatewayError> {
        Codes::parse(CODES_XML, MAPPING_TOML)
    }

    /// The built-in `codes.xml`.
    pub fn built_in_xml() -> &'static str {
        CODES_XML
    }

    /// Lists and rules of a directory; a file that is not there is the built-in one.
    ///
    /// # Errors
    /// A file cannot be read, or what it says does not fit the other; the error names the place.
    pub fn from_directory(directory: &Path) -> Result<Codes, GatewayError> {
        let text = |name: &str, built_in: &str| -> Result<String, GatewayError> {
            let path = directory.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    Ok(built_in.to_owned())
                }
                Err(error) => Err(codes_error(&path.display().to_string(), &error.to_string())),
            }
        };
        Codes::parse(&text("codes.xml", CODES_XML)?, &text("mapping.toml", MAPPING_TOML)?)
    }

    /// Lists and rules of two texts.
    ///
    /// # Errors
    /// One of them does not read, or the rules name a code that the lists do not have.
    pub fn parse(codes_xml: &str, mapping_toml: &str) -> Result<Codes, GatewayError> {
        let lists = read_lists(codes_xml)?;
        let rules: Rules = toml::from_str(mapping_toml)
            .map_err(|error| codes_error("mapping.toml", &error.to_string()))?;
        let codes = Codes { lists, rules };
        codes.check()?;
        Ok(codes)
    }

    /// The code of a kind, such as `classCode`, if the list has it.
    pub fn find(&self, kind: &str, code: &str) -> Option<&XdsCode> {
        self.list(kind).iter().find(|listed| listed.code == code)
    }

    /// The codes of a kind, in the order of the file.
    pub fn list(&self, kind: &str) -> &[XdsCode] {
        self.lists.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The listed code, else the code itself with its text and scheme, as sent.
    pub(crate) fn or_as_sent(
        &self,
        kind: &str,
        code: &str,
        display: &str,
        scheme: &str,
    ) -> XdsCode {
        self.find(kind, code).cloned().unwrap_or_else(|| XdsCode {
            code: code.to_owned(),
            display: if display.is_empty() { code } else { display }.to_owned(),
            scheme: scheme.to_owned(),
        })
    }

    /// A code that [`Codes::check`] has found in the list.
    pub(crate) fn listed(&self, kind: &str, code: &str) -> XdsCode {
        self.or_as_sent(kind, code, "", "")
    }

    fn check(&self) -> Result<(), GatewayError> {
        for kind in KINDS {
            if self.list(kind).is_empty() {
                return Err(codes_error("codes.xml", &format!("CodeType `{kind}` has no code")));
            }
        }
        let rules = &self.rules;
        let mut wanted: Vec<(&str, &str)> = vec![
            ("contentTypeCode", &rules.content_type),
            ("formatCode", &rules.format.unknown),
            ("formatCode", &rules.format.other),
            ("practiceSettingCode", &rules.practice_setting.unknown),
            ("healthcareFacilityTypeCode", &rules.facility_type.unknown),
            ("confidentialityCode", &rules.confidentiality.normal),
            ("confidentialityCode", &rules.confidentiality.restricted),
        ];
        wanted.extend(rules.class.values().map(|code| ("classCode", code.as_str())));
        wanted.extend(rules.document_class.values().map(|code| ("classCode", code.as_str())));
        for (kind, code) in wanted {
            if self.find(kind, code).is_none() {
                let problem = format!("`{code}` is not a {kind} of codes.xml; add it there");
                return Err(codes_error("mapping.toml", &problem));
            }
        }
        // Whoever decides on access knows these letters and no rules of a region.
        let restricted = rules.confidentiality.restricted.as_str();
        if !RESTRICTING_LEVELS.contains(&restricted) {
            let problem = format!(
                "[confidentiality] restricted = `{restricted}` would restrict nothing; write {}",
                RESTRICTING_LEVELS.join(" or ")
            );
            return Err(codes_error("mapping.toml", &problem));
        }
        for category in model::entry::Category::ALL {
            if !rules.class.contains_key(category.name()) {
                let problem = format!("[class] has no entry for `{}`", category.name());
                return Err(codes_error("mapping.toml", &problem));
            }
        }
        Ok(())
    }
}

fn read_lists(codes_xml: &str) -> Result<CodeLists, GatewayError> {
    read_codes(codes_xml).map_err(|error| codes_error("codes.xml", &error.to_string()))
}

fn codes_error(place: &str, problem: &str) -> GatewayError {
    GatewayError::Codes { place: place.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::DataType;

    #[test]
    fn what_is_built_in_reads_and_fits() {
        let codes = Codes::built_in().unwrap();
        assert_eq!(codes.find("classCode", "laboratory").unwrap().display, "検体検査");
        assert_eq!(codes.find("typeCode", "18842-5").unwrap().scheme, "2.16.840.1.113883.6.1");
        for data_type in DataType::ALL {
            let listed = codes.find("typeCode", data_type.name()).unwrap();
            assert_eq!(listed.display, data_type.meaning(), "{}", data_type.name());
            let structure = &codes.rules.structure[data_type.name()];
            let format = format!("{}{structure}", codes.rules.format.prefix);
            assert!(codes.find("formatCode", &format).is_some(), "{format}");
        }
    }

    #[test]
    fn a_rule_that_names_no_listed_code_is_refused_by_name() {
        let rules = MAPPING_TOML.replace("normal = \"N\"", "normal = \"Q\"");
        let error = Codes::parse(CODES_XML, &rules).unwrap_err();
        assert!(error.to_string().contains("`Q` is not a confidentialityCode"), "{error}");
        let error = Codes::parse("<Codes>", MAPPING_TOML).unwrap_err();
        assert!(error.to_string().contains("codes.xml"), "{error}");
    }

    #[test]
    fn a_region_may_replace_one_file() {
        let directory = tempfile::tempdir().unwrap();
        let codes_xml = CODES_XML.replace("検体検査\"", "Laboratory\"");
        std::fs::write(directory.path().join("codes.xml"), codes_xml).unwrap();
        let codes = Codes::from_directory(directory.path()).unwrap();
        assert_eq!(codes.find("classCode", "laboratory").unwrap().display, "Laboratory");
        let empty = tempfile::tempdir().unwrap();
        assert!(Codes::from_directory(empty.path()).is_ok());
    }

    #[test]
    fn reads_the_list_of_the_test_tools_where_it_is_at_hand() {
        let Some(directory) = testkit::conformance_dir() else { return };
        let text = std::fs::read_to_string(directory.join("nist-xds/codes.xml")).unwrap();
        let lists = read_lists(&text).unwrap();
        assert_eq!(lists["confidentialityCode"].len(), 6);
        assert!(lists["typeCode"].len() > 30 && lists["mimeType"].len() > 5);
    }
}
