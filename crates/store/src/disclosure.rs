//! Where a row comes from, for the decision on who may see it.

/// What the decision on who may see a row asks of it, beside its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disclosure {
    /// The source that brought it; `None` for what no source brought.
    pub source_id: Option<i64>,
    /// Whether its facility shows it to its own people only (confidentialityCode `R` or `V`).
    pub is_restricted: bool,
}

impl Disclosure {
    /// What a source brought without a restriction.
    pub fn open(source_id: Option<i64>) -> Disclosure {
        Disclosure { source_id, is_restricted: false }
    }
}
