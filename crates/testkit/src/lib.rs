//! Databases, clocks, ids and helpers for tests; development only.
