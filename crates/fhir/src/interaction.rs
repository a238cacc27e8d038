//! What is asked for: the RESTful interactions (FHIR R4 3.1.0) and operations (3.2.0).

use crate::condition::Condition;
use crate::element::Element;
use crate::outcome::{Issue, IssueCode, Outcome};
use crate::query::{Query, decoded};
use http::{Method, StatusCode};

/// An interaction, as method and path tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interaction {
    /// `GET metadata`
    Capabilities,
    /// `GET {type}/{id}`
    Read {
        /// Type of the resource.
        resource_type: String,
        /// Its ID here.
        id: String,
    },
    /// `GET {type}?…`, `POST {type}/_search`
    Search {
        /// Type of the resources.
        resource_type: String,
    },
    /// `PUT {type}/{id}`, and `PUT {type}?…` without an ID
    Update {
        /// Type of the resource.
        resource_type: String,
        /// Its ID here; `None` where the parameters say which.
        id: Option<String>,
    },
    /// `DELETE {type}/{id}`, and `DELETE {type}?…` without an ID
    Delete {
        /// Type of the resource.
        resource_type: String,
        /// Its ID here; `None` where the parameters say which.
        id: Option<String>,
    },
    /// `GET` or `POST {type}/${name}`
    Operation {
        /// Type that it is defined on.
        resource_type: String,
        /// Its name without the dollar sign.
        name: String,
    },
}

/// A request whose body was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub interaction: Interaction,
    /// `GET` for what asks by its address alone.
    pub is_get: bool,
    /// The parameters of the address, and of the form.
    pub query: Query,
    /// The resource that was sent.
    pub body: Option<Element>,
    /// The conditions.
    pub condition: Condition,
    /// Address of this server, without a slash at its end.
    pub base: String,
}

impl Interaction {
    /// Reads method and path, the latter without the server's own beginning.
    ///
    /// # Errors
    /// 404 for a path that is none, 405 for a method that the path does not take.
    pub fn of(method: &Method, path: &str) -> Result<Interaction, Outcome> {
        let mut parts = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            parts.push(decoded(part)?);
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (is_get, is_post) = (method == Method::GET, method == Method::POST);
        let not_taken = || {
            let text = format!("{method} is not taken at this address");
            let issue = Issue::error(IssueCode::NotSupported, text);
            Outcome::refusal(StatusCode::METHOD_NOT_ALLOWED, issue)
        };
        match parts.as_slice() {
            ["metadata"] if is_get => Ok(Interaction::Capabilities),
            ["metadata"] => Err(not_taken()),
            [kind, "_search"] if is_post => {
                Ok(Interaction::Search { resource_type: (*kind).to_owned() })
            }
            [_, "_search"] => Err(not_taken()),
            [kind, last] if last.starts_with('$') => match is_get || is_post {
                true => Ok(Interaction::Operation {
                    resource_type: (*kind).to_owned(),
                    name: last.trim_start_matches('$').to_owned(),
                }),
                false => Err(not_taken()),
            },
            [kind] | [kind, _] => {
                let resource_type = (*kind).to_owned();
                let id = parts.get(1).map(|id| (*id).to_owned());
                match (method.as_str(), id) {
                    ("GET", Some(id)) => Ok(Interaction::Read { resource_type, id }),
                    ("GET", None) => Ok(Interaction::Search { resource_type }),
                    ("PUT", id) => Ok(Interaction::Update { resource_type, id }),
                    ("DELETE", id) => Ok(Interaction::Delete { resource_type, id }),
                    _ => Err(not_taken()),
                }
            }
            _ => Err(Outcome::refusal(
                StatusCode::NOT_FOUND,
                Issue::error(IssueCode::NotFound, "there is nothing at this address"),
            )),
        }
    }

    /// The type of resource that it is about; `None` for the server itself.
    pub fn resource_type(&self) -> Option<&str> {
        match self {
            Interaction::Capabilities => None,
            Interaction::Read { resource_type, .. }
            | Interaction::Search { resource_type }
            | Interaction::Update { resource_type, .. }
            | Interaction::Delete { resource_type, .. }
            | Interaction::Operation { resource_type, .. } => Some(resource_type),
        }
    }
}
