//! FHIR R4 on both engines, through the endpoint and without sockets.

mod centre;
mod feed;
mod hostile;
mod matching;
mod pix;
mod search;
