//! All SQL, on SQLite and PostgreSQL; jobs; the bytes of documents.
#![cfg_attr(test, allow(clippy::unwrap_used))]

#[macro_use]
mod statement;
#[macro_use]
mod param;
pub mod account;
pub mod audit;
pub mod backup;
mod backup_manifest;
mod backup_tables;
mod case;
pub mod consent;
pub mod dialect;
pub mod dicom_peer;
mod disclosure;
mod disk;
pub mod document;
pub mod document_query;
pub mod domain;
pub mod dump;
mod error;
pub mod fact;
pub mod fact_query;
pub mod intake;
pub mod job;
pub mod lease;
pub mod link;
pub mod lock;
pub mod merged_identity;
pub mod message_receipt;
pub mod migrate;
pub mod notification_consumer;
pub mod object;
mod object_list;
mod object_read;
mod object_slot;
mod object_whole;
pub mod patient_query;
pub mod peer;
pub mod person;
pub mod person_search;
mod poison;
mod postgres;
mod postgres_error;
mod postgres_threads;
mod queue;
mod row;
pub mod schema;
pub mod setting;
pub mod source;
mod sqlite;
mod sqlite_log;
mod sqlite_threads;
mod store;
pub mod study;
pub mod sweep;
pub mod timeline;
pub mod timeline_query;
mod turnstile;
mod tx;

pub use dialect::Engine;
pub use disclosure::Disclosure;
pub use disk::disk_free;
pub use error::StoreError;
pub use object::{ObjectKey, Objects};
pub use param::Param;
pub use row::Row;
pub use statement::Statement;
pub use store::{Database, Store, StoreConfig};
pub use tx::Tx;

/// The statements of every area: a test prepares and runs each of them on both engines.
pub static STATEMENT_SETS: &[&[&Statement]] = &[
    migrate::STATEMENTS,
    setting::STATEMENTS,
    lock::STATEMENTS,
    lease::STATEMENTS,
    backup::STATEMENTS,
    dump::STATEMENTS,
    job::STATEMENTS,
    domain::STATEMENTS,
    source::STATEMENTS,
    intake::STATEMENTS,
    peer::STATEMENTS,
    person::STATEMENTS,
    person::event::STATEMENTS,
    person::identity::STATEMENTS,
    person_search::STATEMENTS,
    merged_identity::STATEMENTS,
    link::evidence::STATEMENTS,
    link::tie::STATEMENTS,
    link::review::STATEMENTS,
    link::decision::STATEMENTS,
    link::model::STATEMENTS,
    message_receipt::STATEMENTS,
    notification_consumer::STATEMENTS,
    patient_query::STATEMENTS,
    consent::STATEMENTS,
    account::STATEMENTS,
    audit::STATEMENTS,
    document_query::STATEMENTS,
    fact_query::STATEMENTS,
    timeline_query::STATEMENTS,
    document::patient::STATEMENTS,
    document::set::STATEMENTS,
    document::row::STATEMENTS,
    document::reading::STATEMENTS,
    document::item::STATEMENTS,
    document::folder::STATEMENTS,
    document::association::STATEMENTS,
    document::bytes::STATEMENTS,
    document::entry::STATEMENTS,
    document::stored_query::STATEMENTS,
    document::version::STATEMENTS,
    document::removal::STATEMENTS,
    fact::STATEMENTS,
    timeline::STATEMENTS,
    study::study_row::STATEMENTS,
    study::series::STATEMENTS,
    study::instance::STATEMENTS,
    study::keep::STATEMENTS,
    study::mutation::STATEMENTS,
    study::page::STATEMENTS,
    study::progress::STATEMENTS,
    study::metadata::STATEMENTS,
    study::thumbnail::STATEMENTS,
    study::rejection::STATEMENTS,
    study::character_set::STATEMENTS,
    dicom_peer::STATEMENTS,
];
