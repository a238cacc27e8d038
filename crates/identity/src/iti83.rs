//! ITI-83, Patient Identifier Cross-reference Query for Mobile: `$ihe-pix` (PIXm 2:3.83). What
//! ITI-9 answers, in FHIR.
//!
//! | the asked ID | status | issue |
//! |---|---|---|
//! | known, with or without partners in the wanted domains | 200 | |
//! | not known, or merged into another | 404 | not-found |
//! | of a domain that is not known | 400 | code-invalid |
//! | any, with a wanted domain that is not known | 403 | code-invalid |

use crate::iti9::{known_patient, partners};
use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, bad, refused};
use crate::v2::fault as v2;
use crate::v2::fault::Location;
use fhir::{Element, Identifier, IssueCode, Parameters, Response};
use http::StatusCode;
use model::hl7::PatientId;
use model::limits::QUERY_DOMAINS;
use serde_json::json;
use store::audit::{Action, Outcome};
use store::{Tx, person};

/// Answers a query, and writes its audit row.
pub(crate) fn answer(tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
    ask.check_query()?;
    let asked = Asked::read(ask)?;
    let (id, person_id) = source(tx, ask, &asked.source)?;
    let wanted = targets(tx, ask, &asked.targets)?;
    let partners = partners(tx, ask, &id, person_id, &wanted)?;
    let detail = json!({
        "transaction": "ITI-83",
        "query": {
            "sourceIdentifier": format!("{}|{}", asked.source.system, asked.source.value),
            "targetSystem": asked.targets,
        },
    });
    ask.audit(tx, Action::Search, Outcome::Success, Some(person_id), &detail)?;
    let mut parameters = Parameters::default();
    for one in &partners {
        let identifier = Identifier::new(ask.systems.uri_of(&one.authority.oid), one.id.clone());
        parameters.push("targetIdentifier", "valueIdentifier", identifier.write());
    }
    if let Some(owner) = person::by_id(tx, person_id)?.filter(|_| !partners.is_empty()) {
        let address = format!("{}/Patient/{}", ask.request.base, owner.community_id.digits());
        let reference = Element::default().with_text("reference", &address);
        parameters.push("targetId", "valueReference", reference);
    }
    Ok(Response::ok(parameters.write()))
}

/// What is asked for.
struct Asked {
    source: Identifier,
    targets: Vec<String>,
}

impl Asked {
    /// Reads the parameters of the address, and those of a `Parameters` resource.
    fn read(ask: &Ask) -> Result<Asked, Fault> {
        let query = &ask.request.query;
        let mut sources: Vec<Identifier> = query.values("sourceIdentifier").map(token).collect();
        let mut targets: Vec<String> = query.values("targetSystem").map(str::to_owned).collect();
        if let Some(body) = &ask.request.body {
            let parameters = Parameters::read(body)?;
            sources.extend(parameters.of("sourceIdentifier").map(identifier));
            let systems = parameters.of("targetSystem").filter_map(Element::text);
            targets.extend(systems.map(str::to_owned));
        }
        if targets.len() as u64 > QUERY_DOMAINS {
            let text = format!("more than {QUERY_DOMAINS} domains are asked for");
            return Err(bad(IssueCode::TooLong, text));
        }
        let mut sources = sources.into_iter();
        match (sources.next(), sources.next()) {
            (Some(source), None) => Ok(Asked { source, targets }),
            (None, _) => Err(bad(IssueCode::Required, "sourceIdentifier is missing")),
            (Some(_), Some(_)) => {
                Err(bad(IssueCode::Invalid, "there is more than one sourceIdentifier"))
            }
        }
    }
}

/// The asked ID and the person that has it.
fn source(tx: &mut Tx, ask: &Ask, source: &Identifier) -> Result<(PatientId, i64), Fault> {
    let Some(authority) = ask.domain(tx, &source.system)? else {
        let text = "sourceIdentifier Assigning Authority not found";
        return Err(bad(IssueCode::CodeInvalid, text));
    };
    let place = Location::new("sourceIdentifier", 1);
    match known_patient(tx, ask, &source.value, Some(authority), place) {
        Ok(found) => Ok(found),
        Err(v2::Fault::Refused(_)) => {
            let text = "sourceIdentifier Patient Identifier not found";
            Err(refused(StatusCode::NOT_FOUND, IssueCode::NotFound, text))
        }
        Err(internal) => Err(internal.into()),
    }
}

/// The OIDs of the wanted domains; none for all.
fn targets(tx: &mut Tx, ask: &Ask, systems: &[String]) -> Result<Vec<String>, Fault> {
    let mut wanted = Vec::with_capacity(systems.len());
    for system in systems {
        match ask.domain(tx, system)? {
            Some(authority) => wanted.push(authority.oid),
            None => {
                let text = "targetSystem not found";
                return Err(refused(StatusCode::FORBIDDEN, IssueCode::CodeInvalid, text));
            }
        }
    }
    Ok(wanted)
}

/// `system|value`.
fn token(text: &str) -> Identifier {
    let (system, value) = Identifier::parse(text);
    Identifier::new(system.unwrap_or_default(), value.trim())
}

/// An Identifier, or a text like that of an address.
fn identifier(element: &Element) -> Identifier {
    let part = |name: &str| element.child(name).and_then(Element::text).unwrap_or_default();
    match element.text() {
        Some(text) => token(text),
        None => Identifier::new(part("system"), part("value").trim()),
    }
}
