//! SS-MIX2: storage layout, transaction records, and messages turned into facts.
