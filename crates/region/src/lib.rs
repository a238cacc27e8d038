//! A deterministic synthetic region: people, hospitals, their storages, and the truth.
