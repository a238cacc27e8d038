//! Why a message was not applied, in the words of HL7 v3.
//!
//! The rules are those of HL7 v2 and give its [`Refusal`]s. A [`Location`] of HL7 v3 has an XPath
//! in the place of a segment's name, `#` where the repetition's number stands; its components are
//! attributes of the II that it leads to, which ends the path.

use crate::v2::fault::{Location, Mistake, Refusal, error_name};
use hl7v3::{AcknowledgementDetail, Problem};

/// OID of HL7 table 0357: the codes of ITI TF-2 3.45.4.2.3 and 3.47.4.2.3.
const TABLE_0357: &str = "2.16.840.1.113883.12.357";
/// OID of HL7 v3's AcknowledgementDetailCode.
const DETAIL_CODES: &str = "2.16.840.1.113883.5.1100";
/// The message names another receiver than this one.
pub(crate) const WRONG_DESTINATION: &str = "RTWDEST";

/// A place of HL7 v3.
pub(crate) fn at(path: &'static str) -> Location {
    Location::new(path, 1)
}

/// A message that could not be read.
pub(crate) fn of_problem(problem: &Problem) -> Refusal {
    Refusal::error(problem.code, at(problem.location), problem.text)
}

/// The code of an Accept Acknowledgement (ITI TF-2 Appendix O.1.2) for one of table 0008.
pub(crate) fn accept_code(acknowledgement: &str) -> &'static str {
    match acknowledgement {
        "AA" => "CA",
        "AE" => "CE",
        _ => "CR",
    }
}

/// What was wrong, each with its place.
pub(crate) fn details(refusal: &Refusal) -> Vec<AcknowledgementDetail> {
    refusal.mistakes.iter().map(detail).collect()
}

fn detail(mistake: &Mistake) -> AcknowledgementDetail {
    let (code, code_system, display_name) = match mistake.code {
        "100" => ("SYN100", DETAIL_CODES, "Required association missing"),
        "101" => ("SYN101", DETAIL_CODES, "Required attribute missing"),
        "102" => ("SYN102", DETAIL_CODES, "Value not allowed"),
        "200" | "201" => ("NS200", DETAIL_CODES, "Unsupported interaction"),
        "207" => ("INTERR", DETAIL_CODES, "Internal system error"),
        WRONG_DESTINATION => (WRONG_DESTINATION, DETAIL_CODES, "Message sent to wrong destination"),
        code => (code, TABLE_0357, error_name(code)),
    };
    AcknowledgementDetail {
        code: code.to_owned(),
        code_system: code_system.to_owned(),
        display_name: display_name.to_owned(),
        text: mistake.text.chars().take(250).collect(),
        location: path(&mistake.location),
    }
}

fn path(location: &Location) -> String {
    let repetition = location.repetition.unwrap_or(1).to_string();
    location.segment.replace('#', &repetition)
}
