//! A transaction of a step: which one, and the instructions that prepare and grade it.

use super::element::Element;

/// Which transaction; its number in the framework stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ITI-8 and ITI-44: a patient becomes known.
    Feed,
    /// ITI-42.
    Register,
    /// ITI-41.
    ProvideAndRegister,
    /// ITI-61.
    RegisterOnDemand,
    /// ITI-57.
    Update,
    /// ITI-92.
    RestrictedUpdate,
    /// ITI-62.
    RemoveMetadata,
    /// ITI-86.
    RemoveDocuments,
    /// ITI-18.
    StoredQuery,
    /// ITI-51.
    MultiPatientQuery,
    /// ITI-43.
    Retrieve,
    /// Nothing is sent; only assertions.
    Nothing,
}

const KINDS: &[(&str, Kind)] = &[
    ("PatientIdentityFeedTransaction", Kind::Feed),
    ("RegisterTransaction", Kind::Register),
    ("ProvideAndRegisterTransaction", Kind::ProvideAndRegister),
    ("RegisterODDETransaction", Kind::RegisterOnDemand),
    ("MuTransaction", Kind::Update),
    ("RmuTransaction", Kind::RestrictedUpdate),
    ("RemoveMetadataTransaction", Kind::RemoveMetadata),
    ("RmdTransaction", Kind::RemoveMetadata),
    ("RdTransaction", Kind::RemoveDocuments),
    ("StoredQueryTransaction", Kind::StoredQuery),
    ("MPQTransaction", Kind::MultiPatientQuery),
    ("RetrieveTransaction", Kind::Retrieve),
    ("NullTransaction", Kind::Nothing),
];

impl Kind {
    /// The action of its request; the answer's has `Response` behind it.
    pub fn action(self) -> &'static str {
        match self {
            Kind::Feed | Kind::Nothing => "",
            Kind::Register => "urn:ihe:iti:2007:RegisterDocumentSet-b",
            Kind::ProvideAndRegister => "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
            Kind::RegisterOnDemand => "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry",
            Kind::Update => "urn:ihe:iti:2010:UpdateDocumentSet",
            Kind::RestrictedUpdate => "urn:ihe:iti:2018:RestrictedUpdateDocumentSet",
            Kind::RemoveMetadata => "urn:ihe:iti:2010:DeleteDocumentSet",
            Kind::RemoveDocuments => "urn:ihe:iti:2017:RemoveDocuments",
            Kind::StoredQuery => "urn:ihe:iti:2007:RegistryStoredQuery",
            Kind::MultiPatientQuery => "urn:ihe:iti:2009:MultiPatientStoredQuery",
            Kind::Retrieve => "urn:ihe:iti:2007:RetrieveDocumentSet",
        }
    }

    /// Whether the repository answers it, not the registry.
    pub fn is_of_repository(self) -> bool {
        matches!(self, Kind::ProvideAndRegister | Kind::Retrieve | Kind::RemoveDocuments)
    }

    /// Whether it carries a submission set.
    pub fn submits(self) -> bool {
        use Kind::{ProvideAndRegister, Register, RegisterOnDemand, RestrictedUpdate, Update};
        matches!(self, Register | ProvideAndRegister | RegisterOnDemand | Update | RestrictedUpdate)
    }

    /// Whether it is a query.
    pub fn queries(self) -> bool {
        matches!(self, Kind::StoredQuery | Kind::MultiPatientQuery)
    }
}

/// Which objects get a new uniqueId.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Uids {
    /// All.
    #[default]
    All,
    /// All but the object of this id.
    AllBut(String),
    /// None.
    None,
}

/// A value that a step hands to later ones.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// Part of the log in which it stands.
    pub section: String,
    /// Where in it.
    pub xpath: String,
}

/// A transaction with its instructions.
#[derive(Debug)]
pub struct Transaction {
    /// Which.
    pub kind: Kind,
    /// Its name in the plan.
    pub name: String,
    /// File with the request.
    pub metadata_file: Option<String>,
    /// Symbolic ids become UUIDs.
    pub assign_uuids: bool,
    /// Identification schemes whose values stay.
    pub excluded: Vec<String>,
    /// Which uniqueIds are allotted.
    pub uids: Uids,
    /// The patient of the test is written into the metadata.
    pub assign_patient: bool,
    /// The request is read as metadata (ids allotted, ebRIM 2.1 converted).
    pub parse: bool,
    /// ebRIM 2.1 becomes 3.0.
    pub convert: bool,
    /// Large parts go as MTOM.
    pub mtom: bool,
    /// Instructions that take values from earlier steps, in order.
    pub uses: Vec<Element>,
    /// Symbols for which a new UUID is written.
    pub new_uuids: Vec<String>,
    /// Values for later steps.
    pub reports: Vec<Report>,
    /// Documents of ITI-41: id in the metadata, file.
    pub documents: Vec<(String, String)>,
    /// More SOAP headers.
    pub headers: Vec<Element>,
    /// Pause before it is sent.
    pub wait_ms: u64,
    /// What the answer shall hold.
    pub expected_contents: Option<Element>,
    /// Query parameters whose symbols got no value are left out.
    pub clean_parameters: bool,
    /// Documents of ITI-43: uniqueId (or its symbol), file.
    pub reference_documents: Vec<(String, String)>,
    /// The step whose answer describes the documents of ITI-43: directory, step.
    pub reference_metadata: Option<(String, String)>,
    /// Type that the documents of ITI-43 shall have.
    pub expected_mime_type: Option<String>,
    /// What assertions look at: file, name.
    pub data: Vec<(String, String)>,
    /// Assertions: id, expression.
    pub asserts: Vec<(String, String)>,
    /// The feed makes a new patient.
    pub new_patient: bool,
}

impl Transaction {
    /// Reads a transaction; `None` if it is not one that is known.
    pub fn read(element: &Element, unknown: &mut Vec<String>) -> Option<Transaction> {
        let kind = KINDS.iter().find(|(name, _)| *name == element.name)?.1;
        let mut transaction = Transaction::new(kind, &element.name);
        for part in element.elements() {
            if !transaction.instruct(part, unknown) {
                unknown.push(format!("{}/{}", element.name, part.name));
            }
        }
        Some(transaction)
    }

    fn new(kind: Kind, name: &str) -> Transaction {
        Transaction {
            kind,
            name: name.to_owned(),
            metadata_file: None,
            assign_uuids: false,
            excluded: Vec::new(),
            uids: Uids::All,
            assign_patient: true,
            parse: kind.submits(),
            convert: true,
            mtom: true,
            uses: Vec::new(),
            new_uuids: Vec::new(),
            reports: Vec::new(),
            documents: Vec::new(),
            headers: Vec::new(),
            wait_ms: 0,
            expected_contents: None,
            clean_parameters: false,
            reference_documents: Vec::new(),
            reference_metadata: None,
            expected_mime_type: None,
            data: Vec::new(),
            asserts: Vec::new(),
            new_patient: false,
        }
    }

    /// Takes one instruction; whether it is known.
    fn instruct(&mut self, part: &Element, unknown: &mut Vec<String>) -> bool {
        let attribute = |name: &str| part.attribute(name).unwrap_or_default().to_owned();
        match part.name.as_str() {
            // Version and transport that this runner always uses; an order of display only.
            "XDSb" | "SOAP12" | "InteractionSequence" => {}
            "NoMetadata" => self.parse = false,
            "MetadataFile" => self.metadata_file = Some(part.text()),
            "ParseMetadata" => self.parse = !part.text().eq_ignore_ascii_case("false"),
            "NoConvert" => self.convert = false,
            "NoPatientId" => self.assign_patient = false,
            "AssignUuids" => {
                self.assign_uuids = true;
                for one in part.elements() {
                    match (one.name.as_str(), one.attribute("value")) {
                        ("Exclude", Some(value)) => self.excluded.push(value.to_owned()),
                        _ => unknown.push(format!("AssignUuids/{}", one.name)),
                    }
                }
            }
            "NoAssignUids" => {
                self.uids = match attribute("id") {
                    id if id.is_empty() => Uids::None,
                    id => Uids::AllBut(id),
                };
            }
            "AssignNewUuid" => self.new_uuids.push(attribute("symbol")),
            "Report" => self.reports.push(Report {
                name: attribute("name"),
                section: attribute("section"),
                xpath: part.text(),
            }),
            "UseId" | "UseReport" | "UseObjectRef" | "UseXPath" | "UseRepositoryUniqueId" => {
                self.uses.push(part.clone());
            }
            "SOAPHeader" => self.headers.extend(part.elements().cloned()),
            "WaitBefore" => match part.text().parse() {
                Ok(wait_ms) => self.wait_ms = wait_ms,
                Err(_) => return false,
            },
            "Assertions" => self.assertions(part, unknown),
            _ => return self.instruct_own(part),
        }
        true
    }

    /// Instructions that only some transactions have.
    fn instruct_own(&mut self, part: &Element) -> bool {
        let attribute = |name: &str| part.attribute(name).unwrap_or_default().to_owned();
        match (self.kind, part.name.as_str()) {
            (Kind::ProvideAndRegister, "Document") => {
                self.documents.push((attribute("id"), part.text()));
            }
            (Kind::ProvideAndRegister, "NoMTOM") => self.mtom = false,
            (kind, "ExpectedContents") if kind.queries() || kind == Kind::Retrieve => {
                self.expected_contents = Some(part.clone());
            }
            (kind, "CleanParams") if kind.queries() || kind == Kind::Retrieve => {
                self.clean_parameters = true;
            }
            (Kind::Retrieve, "ReferenceDocument") => {
                self.reference_documents.push((attribute("uid"), part.text()));
            }
            (Kind::Retrieve, "ReferenceMetadata") => {
                self.reference_metadata = Some((attribute("testdir"), attribute("step")));
            }
            (Kind::Retrieve, "ExpectedMimeType") => self.expected_mime_type = Some(part.text()),
            (Kind::Feed, "CreateNewPatientId") => self.new_patient = true,
            _ => return false,
        }
        true
    }

    fn assertions(&mut self, part: &Element, unknown: &mut Vec<String>) {
        for one in part.elements() {
            let attribute = |name: &str| one.attribute(name).unwrap_or_default().to_owned();
            // Assertions about a simulator's memory stand in elements and attributes of their own.
            let inner = one.elements().next().map(|inner| inner.name.clone());
            let process = one.attribute("process").map(|_| "@process".to_owned());
            match (one.name.as_str(), inner.or(process)) {
                ("DataRef", None) => self.data.push((attribute("file"), attribute("as"))),
                ("Assert", None) => self.asserts.push((attribute("id"), one.text())),
                (name, None) => unknown.push(format!("Assertions/{name}")),
                (name, Some(inner)) => unknown.push(format!("Assertions/{name}/{inner}")),
            }
        }
    }
}
