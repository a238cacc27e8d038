//! OperationOutcome (FHIR R4 2.24): what was wrong, or what there is to say.

use crate::element::Element;
use http::StatusCode;
use model::limits::FHIR_DIAGNOSTICS_CHARACTERS;

/// `OperationOutcome.issue.severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The request was not done.
    Error,
    /// It was, and there is something to know.
    Warning,
    /// It was.
    Information,
}

/// `OperationOutcome.issue.code` (value set issue-type), as far as this centre says them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueCode {
    /// The content is wrong.
    Invalid,
    /// The notation is wrong.
    Structure,
    /// Something that must be there is missing.
    Required,
    /// A value cannot be one.
    Value,
    /// An extension is not understood.
    Extension,
    /// The sender is not known.
    Security,
    /// The sender may not do this.
    Forbidden,
    /// This is not done here.
    NotSupported,
    /// Something that is named is not known here.
    NotFound,
    /// More than is taken.
    TooLong,
    /// A code, or a domain, that is not known here.
    CodeInvalid,
    /// Several fit where one must.
    MultipleMatches,
    /// A rule of the transaction forbids it.
    BusinessRule,
    /// Somebody else changed it before.
    Conflict,
    /// It cannot be done now.
    Transient,
    /// There is something to know.
    Informational,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// Its kind.
    pub code: IssueCode,
    /// What it is, in words.
    pub diagnostics: String,
    /// Where, in FHIRPath; empty where it is nowhere.
    pub expression: String,
}

/// What a request is answered with that has no better answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Of the answer.
    pub status: StatusCode,
    /// The issues, at least one.
    pub issues: Vec<Issue>,
}

impl Issue {
    /// An error.
    pub fn error(code: IssueCode, diagnostics: impl Into<String>) -> Issue {
        Issue::new(Severity::Error, code, diagnostics)
    }

    /// An issue that is nowhere in particular.
    pub fn new(severity: Severity, code: IssueCode, diagnostics: impl Into<String>) -> Issue {
        Issue { severity, code, diagnostics: diagnostics.into(), expression: String::new() }
    }

    /// Says where it is.
    pub fn at(self, expression: impl Into<String>) -> Issue {
        Issue { expression: expression.into(), ..self }
    }
}

impl Outcome {
    /// One issue for which a request is refused.
    pub fn refusal(status: StatusCode, issue: Issue) -> Outcome {
        Outcome { status, issues: vec![issue] }
    }

    /// All that is wrong in one line.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.issues.iter().map(|one| one.diagnostics.as_str()).collect();
        texts.join("; ")
    }

    /// The resource.
    pub fn write(&self) -> Element {
        let limit = usize::try_from(FHIR_DIAGNOSTICS_CHARACTERS).unwrap_or(usize::MAX);
        self.issues.iter().fold(Element::resource("OperationOutcome"), |outcome, issue| {
            let diagnostics: String = issue.diagnostics.chars().take(limit).collect();
            let mut written = Element::default()
                .with_text("severity", issue.severity.code())
                .with_text("code", issue.code.code())
                .with_text("diagnostics", &diagnostics);
            if !issue.expression.is_empty() {
                written = written.with_listed("expression", Element::text_of(&issue.expression));
            }
            outcome.with_listed("issue", written)
        })
    }
}

impl Severity {
    fn code(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        }
    }
}

impl IssueCode {
    /// As FHIR writes it.
    pub fn code(self) -> &'static str {
        match self {
            IssueCode::Invalid => "invalid",
            IssueCode::Structure => "structure",
            IssueCode::Required => "required",
            IssueCode::Value => "value",
            IssueCode::Extension => "extension",
            IssueCode::Security => "security",
            IssueCode::Forbidden => "forbidden",
            IssueCode::NotSupported => "not-supported",
            IssueCode::NotFound => "not-found",
            IssueCode::TooLong => "too-long",
            IssueCode::CodeInvalid => "code-invalid",
            IssueCode::MultipleMatches => "multiple-matches",
            IssueCode::BusinessRule => "business-rule",
            IssueCode::Conflict => "conflict",
            IssueCode::Transient => "transient",
            IssueCode::Informational => "informational",
        }
    }
}
