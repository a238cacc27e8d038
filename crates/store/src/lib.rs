//! All SQL, on SQLite and PostgreSQL; jobs; the bytes of documents.
