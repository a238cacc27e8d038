//! What this server does, actor by actor (PIXm 3.1, PDQm 3.2).

use crate::r4::ask::Ask;
use fhir::{Actor, Capabilities, Operation, Response, SearchParameter};

const fn parameter(name: &'static str, kind: &'static str) -> SearchParameter {
    SearchParameter { name, kind }
}

/// Parameters of ITI-78.
const SEARCH: &[SearchParameter] = &[
    parameter("_id", "token"),
    parameter("active", "token"),
    parameter("identifier", "token"),
    parameter("name", "string"),
    parameter("family", "string"),
    parameter("given", "string"),
    parameter("birthdate", "date"),
    parameter("gender", "token"),
    parameter("address", "string"),
    parameter("address-city", "string"),
    parameter("address-state", "string"),
    parameter("address-postalcode", "string"),
    parameter("telecom", "token"),
    parameter("phone", "token"),
];

/// Patient Identifier Cross-reference Manager, with the option to remove patients, for whoever
/// feeds.
const MANAGER_FED: Actor = Actor {
    instantiates: "https://profiles.ihe.net/ITI/PIXm/CapabilityStatement/IHE.PIXm.Manager",
    interactions: &["update", "delete"],
    search: &[],
    operations: &[],
    is_conditional: true,
};

/// The same, for whoever asks.
const MANAGER_ASKED: Actor = Actor {
    interactions: &[],
    operations: &[Operation {
        name: "ihe-pix",
        definition: "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix",
    }],
    is_conditional: false,
    ..MANAGER_FED
};

/// Patient Demographics Supplier by search.
const SUPPLIER_SEARCHED: Actor = Actor {
    instantiates: "https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.PatientDemographicsSupplierQuery",
    interactions: &["read", "search-type"],
    search: SEARCH,
    operations: &[],
    is_conditional: false,
};

/// Patient Demographics Supplier by match.
const SUPPLIER_MATCHING: Actor = Actor {
    instantiates: "https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.PatientDemographicsSupplierMatch",
    interactions: &[],
    search: &[],
    operations: &[Operation {
        name: "match",
        definition: "http://hl7.org/fhir/OperationDefinition/Patient-match",
    }],
    is_conditional: false,
};

/// The actors that this server is for whoever asks.
pub(crate) fn statement(ask: &Ask) -> Response {
    let mut actors = Vec::new();
    if !ask.sender.feeds.is_empty() {
        actors.push(MANAGER_FED);
    }
    if ask.sender.may_query {
        actors.extend([MANAGER_ASKED, SUPPLIER_SEARCHED, SUPPLIER_MATCHING]);
    }
    let capabilities = Capabilities {
        software: "Musubi",
        version: env!("CARGO_PKG_VERSION"),
        base: ask.request.base.clone(),
        at: ask.now,
        actors,
    };
    Response::ok(capabilities.write())
}
