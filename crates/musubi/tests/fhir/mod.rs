//! FHIR R4 against the started binary: curl, and FHIR's definitions from PyPI.

mod centre;
mod foreign;
mod tls;
