//! The doctor's pages: search, timeline, laboratory results, medicines, documents.
