//! Questions that came: parameters of ITI-45 (ITI TF-2 3.45.4.1.2) and ITI-47 (3.47.4.1.2), and
//! what continues an answer (3.47.4.3).

use crate::NAMESPACE;
use crate::copy::copy;
use crate::instance_id::InstanceId;
use crate::person;
use crate::problem::Problem;
use model::demographics::PersonName;
use model::limits::QUERY_BYTES;
use xml::{Document, Element};

const QUERY: &str = "/*/controlActProcess/queryByParameter";
const QUERY_ID: &str = "/*/controlActProcess/queryByParameter/queryId";
const PARAMETERS: &str = "/*/controlActProcess/queryByParameter/parameterList";
const CONTINUATION: &str = "/*/controlActProcess/queryContinuation";
const CONTINUED: &str = "/*/controlActProcess/queryContinuation/queryId";

/// Which other IDs has the patient of an ID?
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentifiersQuery {
    /// `queryId`.
    pub id: InstanceId,
    /// `patientIdentifier/value`, each; exactly one is allowed.
    pub patients: Vec<InstanceId>,
    /// `dataSource/value`, each: domains whose IDs are wanted; none for all.
    pub data_sources: Vec<InstanceId>,
}

/// A name that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameQuery {
    /// The parts that are given.
    pub name: PersonName,
    /// `use="SRCH"`: not limited to an exact match.
    pub is_search: bool,
}

/// Which patients fit?
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CandidatesQuery {
    /// `queryId`.
    pub id: InstanceId,
    /// `initialQuantity`: how many to answer at first.
    pub initial_quantity: Option<u64>,
    /// `livingSubjectName`; all of them.
    pub names: Vec<NameQuery>,
    /// `livingSubjectBirthTime`, first and last of its span, as digits.
    pub birth: Option<(String, String)>,
    /// `livingSubjectAdministrativeGender`, as sex of HL7 v2 table 0001.
    pub sex: String,
    /// `patientAddress`: postal code and one line.
    pub postal_code: String,
    /// The line.
    pub address: String,
    /// `patientTelecom`.
    pub phone: String,
    /// `livingSubjectId`; all of them.
    pub subject_ids: Vec<InstanceId>,
    /// `otherIDsScopingOrganization`: domains whose IDs are wanted; none for all.
    pub scopes: Vec<InstanceId>,
    /// `minimumDegreeMatch`, in percent.
    pub minimum_degree_match: Option<u64>,
    /// A mother's maiden name is asked for.
    pub has_mothers_name: bool,
    /// Parameters of other names.
    pub unknown: Vec<String>,
}

/// What happens to an answer that was not whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryContinuation {
    /// `queryId` of the question.
    pub query_id: InstanceId,
    /// `startResultNumber`, from 1.
    pub start: Option<u64>,
    /// `continuationQuantity`.
    pub quantity: Option<u64>,
    /// Nothing more is wanted: `statusCode` is `aborted`, or the quantity is 0.
    pub is_cancelled: bool,
}

/// A question together with the copy of it that its answer carries.
type Asked<T> = (Option<Vec<u8>>, Result<T, Problem>);

/// Reads a question for other IDs.
pub(crate) fn identifiers(root: Element<'_>) -> Asked<IdentifiersQuery> {
    asked(root, |id, parameters| IdentifiersQuery {
        id,
        patients: values(parameters, "patientIdentifier").map(InstanceId::read).collect(),
        data_sources: values(parameters, "dataSource").map(InstanceId::read).collect(),
    })
}

/// Reads a question for patients.
pub(crate) fn candidates(root: Element<'_>) -> Asked<CandidatesQuery> {
    let query = query_of(root);
    asked(root, |id, parameters| read_candidates(query, id, parameters))
}

/// Reads the copy of a question for patients again, as it was kept.
pub fn read_stored_query(copy: &str) -> Option<CandidatesQuery> {
    let document = Document::parse(copy).ok()?;
    let query = document.root();
    let id = InstanceId::read(query.child(NAMESPACE, "queryId")?);
    let parameters = query.child(NAMESPACE, "parameterList")?;
    Some(read_candidates(Some(query), id, parameters))
}

/// Reads what continues or cancels an answer.
pub(crate) fn continuation(root: Element<'_>) -> Result<QueryContinuation, Problem> {
    let process = root.child(NAMESPACE, "controlActProcess");
    let found = process.and_then(|one| one.child(NAMESPACE, "queryContinuation"));
    let Some(found) = found else {
        return Err(Problem::no_class(CONTINUATION, "the message continues no query"));
    };
    let id = found.child(NAMESPACE, "queryId").map(InstanceId::read).unwrap_or_default();
    if id.is_empty() {
        return Err(Problem::no_value(CONTINUED, "queryId is missing"));
    }
    let status = found.child(NAMESPACE, "statusCode").and_then(|one| one.attribute("code"));
    let quantity = number(found, "continuationQuantity");
    Ok(QueryContinuation {
        query_id: id,
        start: number(found, "startResultNumber"),
        quantity,
        is_cancelled: status == Some("aborted") || quantity == Some(0),
    })
}

fn query_of(root: Element<'_>) -> Option<Element<'_>> {
    let process = root.child(NAMESPACE, "controlActProcess")?;
    process.child(NAMESPACE, "queryByParameter")
}

/// What every question has: an id, a list of parameters, and a length that can be repeated.
fn asked<'a, T>(root: Element<'a>, read: impl FnOnce(InstanceId, Element<'a>) -> T) -> Asked<T> {
    let Some(query) = query_of(root) else {
        return (None, Err(Problem::no_class(QUERY, "the message has no query")));
    };
    let too_long = || Err(Problem::no_such_value(QUERY, "the query is too long"));
    if query.source().len() as u64 > QUERY_BYTES {
        return (None, too_long());
    }
    let copy = copy(query);
    // Escaping may have made it longer.
    if copy.len() as u64 > QUERY_BYTES {
        return (None, too_long());
    }
    let id = query.child(NAMESPACE, "queryId").map(InstanceId::read).unwrap_or_default();
    if id.is_empty() {
        return (Some(copy), Err(Problem::no_value(QUERY_ID, "queryId is missing")));
    }
    let Some(parameters) = query.child(NAMESPACE, "parameterList") else {
        return (Some(copy), Err(Problem::no_class(PARAMETERS, "the query has no parameters")));
    };
    (Some(copy), Ok(read(id, parameters)))
}

fn read_candidates(
    query: Option<Element<'_>>,
    id: InstanceId,
    parameters: Element<'_>,
) -> CandidatesQuery {
    let mut read = CandidatesQuery {
        id,
        initial_quantity: query.and_then(|one| number(one, "initialQuantity")),
        minimum_degree_match: query
            .and_then(|one| one.child(NAMESPACE, "matchCriterionList"))
            .and_then(|one| one.child(NAMESPACE, "minimumDegreeMatch"))
            .and_then(|one| number(one, "value")),
        ..CandidatesQuery::default()
    };
    for parameter in parameters.children().filter(|one| one.namespace() == NAMESPACE) {
        for value in parameter.children_named(NAMESPACE, "value") {
            take(&mut read, parameter.name(), value);
        }
    }
    read
}

fn take(read: &mut CandidatesQuery, name: &str, value: Element<'_>) {
    match name {
        "livingSubjectName" => {
            let uses = value.attribute("use").unwrap_or_default();
            let is_search = uses.split_whitespace().any(|one| one == "SRCH");
            read.names.push(NameQuery { name: person::person_name(value), is_search });
        }
        "livingSubjectAdministrativeGender" => {
            read.sex = person::sex(value.attribute("code").map(str::trim).unwrap_or_default());
        }
        "livingSubjectBirthTime" => read.birth = span(value),
        "livingSubjectId" => read.subject_ids.push(InstanceId::read(value)),
        "otherIDsScopingOrganization" => read.scopes.push(InstanceId::read(value)),
        "patientAddress" => (read.postal_code, read.address) = person::address(value),
        "patientTelecom" => read.phone = person::phone(value).unwrap_or_default(),
        "mothersMaidenName" => read.has_mothers_name = true,
        other => read.unknown.push(other.chars().take(64).collect()),
    }
}

/// An instant, or a span by its ends (IVL_TS); `None` where neither is given.
fn span(value: Element<'_>) -> Option<(String, String)> {
    let of = |element: Element<'_>| {
        let digits = element.attribute("value")?.trim();
        (!digits.is_empty()).then(|| digits.to_owned())
    };
    let part = |name| value.child(NAMESPACE, name).and_then(of);
    if let Some(at) = of(value).or_else(|| part("center")) {
        return Some((at.clone(), at));
    }
    let (low, high) = (part("low"), part("high"));
    (low.is_some() || high.is_some()).then(|| (low.unwrap_or_default(), high.unwrap_or_default()))
}

fn values<'a>(parameters: Element<'a>, name: &'static str) -> impl Iterator<Item = Element<'a>> {
    let named = parameters.children_named(NAMESPACE, name);
    named.flat_map(|one| one.children_named(NAMESPACE, "value"))
}

fn number(parent: Element<'_>, name: &str) -> Option<u64> {
    parent.child(NAMESPACE, name)?.attribute("value")?.trim().parse().ok()
}
