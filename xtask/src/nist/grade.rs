//! Whether an answer is the expected one: action, status, error code, error message.

use super::element::Element;
use super::plan::Expected;
use super::soap::Answer;
use super::transaction::Kind;

const REGREP: &str = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:";
const IHE: &str = "urn:ihe:iti:2007:ResponseStatusType:";

/// What an answer says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Success, Failure, PartialSuccess, Fault, or the whole text if it is none of them.
    pub status: String,
    /// Its errors, warnings not.
    pub errors: Vec<(String, String)>,
}

impl Outcome {
    /// Reads an answer's body.
    pub fn of(body: &Element) -> Outcome {
        if body.name == "Fault" {
            let text = body.find("Text").map(Element::text).unwrap_or_default();
            return Outcome { status: "Fault".to_owned(), errors: vec![(String::new(), text)] };
        }
        let response = body
            .walk()
            .into_iter()
            .find(|one| matches!(one.name.as_str(), "RegistryResponse" | "AdhocQueryResponse"));
        let Some(response) = response else {
            return Outcome { status: format!("no status in {}", body.name), errors: Vec::new() };
        };
        let given = response.attribute("status").unwrap_or_default();
        let status = match (given.strip_prefix(REGREP), given.strip_prefix(IHE)) {
            (Some(status @ ("Success" | "Failure")), _) | (_, Some(status @ "PartialSuccess")) => {
                status
            }
            _ => given,
        };
        let errors = response.walk().into_iter().filter(|one| one.name == "RegistryError");
        let errors = errors.filter(|error| !is_warning(error)).map(|error| {
            let get = |name: &str| error.attribute(name).unwrap_or_default().to_owned();
            (get("errorCode"), get("codeContext"))
        });
        // A status without its namespace must not pass for the word alone.
        let bare = matches!(status, "Success" | "Failure" | "PartialSuccess") && status == given;
        let status = if bare { format!("`{status}` without namespace") } else { status.to_owned() };
        Outcome { status, errors: errors.collect() }
    }

    fn listed(&self) -> String {
        let errors = self.errors.iter().map(|(code, context)| format!("{code} ({context})"));
        errors.collect::<Vec<_>>().join(", ")
    }
}

fn is_warning(error: &Element) -> bool {
    error.attribute("severity").is_some_and(|severity| severity.ends_with(":Warning"))
}

/// What is wrong with an answer; nothing if it is as expected.
pub fn grade(kind: Kind, answer: &Answer, message_id: &str, expected: &Expected) -> Vec<String> {
    let outcome = Outcome::of(&answer.body);
    let mut wrong = status(&outcome, expected);
    if outcome.status == "Fault" {
        return wrong;
    }
    let action = format!("{}Response", kind.action());
    if answer.action.as_deref() != Some(action.as_str()) {
        wrong.push(format!("wsa:Action is {:?}, expected {action}", answer.action));
    }
    if answer.relates_to.as_deref() != Some(message_id) {
        wrong.push(format!("wsa:RelatesTo is {:?}, not the request's id", answer.relates_to));
    }
    let root = match kind {
        Kind::Retrieve => "RetrieveDocumentSetResponse",
        kind if kind.queries() => "AdhocQueryResponse",
        _ => "RegistryResponse",
    };
    if answer.body.name != root {
        wrong.push(format!("the answer is a {}, not a {root}", answer.body.name));
    }
    wrong
}

fn status(outcome: &Outcome, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    if !expected.statuses.is_empty() && !expected.statuses.contains(&outcome.status) {
        wrong.push(format!(
            "status is {}, expected {}: {}",
            outcome.status,
            expected.statuses.join(" or "),
            outcome.listed()
        ));
    }
    if outcome.status == "Success" && !outcome.errors.is_empty() {
        wrong.push(format!("errors in a Success: {}", outcome.listed()));
    }
    if outcome.status == "Failure" && outcome.errors.is_empty() {
        wrong.push("a Failure without an error".to_owned());
    }
    let says = |wanted: &str| {
        outcome
            .errors
            .iter()
            .any(|(code, context)| code.contains(wanted) || context.contains(wanted))
    };
    let code = expected.error_code.as_deref();
    if let Some(code) = code.filter(|code| outcome.errors.iter().all(|(found, _)| found != code)) {
        wrong.push(format!("no error {code}: {}", outcome.listed()));
    }
    if let Some(message) = expected.error_message.as_deref().filter(|message| !says(message)) {
        wrong.push(format!("no error says `{message}`: {}", outcome.listed()));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer {
            action: Some("urn:ihe:iti:2007:RegisterDocumentSet-bResponse".to_owned()),
            relates_to: Some("m".to_owned()),
            body: Element::parse(body).unwrap(),
            parts: Vec::new(),
        }
    }

    fn grade_all(body: &str, expected: &Expected) -> Vec<String> {
        grade(Kind::Register, &answer(body), "m", expected)
    }

    fn expected(statuses: &[&str]) -> Expected {
        let statuses = statuses.iter().map(|one| (*one).to_owned()).collect();
        Expected { statuses, ..Expected::default() }
    }

    fn failure(code: &str) -> String {
        format!(
            "<RegistryResponse status=\"{REGREP}Failure\"><RegistryErrorList><RegistryError \
             errorCode=\"{code}\" codeContext=\"c 7\" severity=\"urn:x:ErrorSeverityType:Error\"/>\
             </RegistryErrorList></RegistryResponse>"
        )
    }

    #[test]
    fn the_expected_status_passes_and_no_other() {
        let success = format!("<RegistryResponse status=\"{REGREP}Success\"/>");
        assert!(grade_all(&success, &expected(&["Success"])).is_empty());
        assert!(grade_all(&success, &expected(&["Failure", "Success"])).is_empty());
        assert_eq!(grade_all(&success, &expected(&["Failure"])).len(), 1);
        for other in ["Success", "urn:other:Success", ""] {
            let other = format!("<RegistryResponse status=\"{other}\"/>");
            assert_eq!(grade_all(&other, &expected(&["Success"])).len(), 1);
        }
    }

    #[test]
    fn codes_and_messages_are_looked_for() {
        let mut wanted = expected(&["Failure"]);
        wanted.error_code = Some("XDSA".to_owned());
        wanted.error_message = Some("c 7".to_owned());
        assert!(grade_all(&failure("XDSA"), &wanted).is_empty());
        assert_eq!(grade_all(&failure("XDSB"), &wanted).len(), 1);
        wanted.error_message = Some("c 8".to_owned());
        assert_eq!(grade_all(&failure("XDSA"), &wanted).len(), 1);
    }

    #[test]
    fn faults_and_wrong_heads_are_said() {
        let fault = "<Fault><Reason><Text>no</Text></Reason></Fault>";
        assert!(grade_all(fault, &expected(&["Fault"])).is_empty());
        assert!(grade_all(fault, &expected(&["Success"]))[0].contains("Fault"));
        let success = format!("<RegistryResponse status=\"{REGREP}Success\"/>");
        let wrong = grade(Kind::Update, &answer(&success), "other", &expected(&["Success"]));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }
}
