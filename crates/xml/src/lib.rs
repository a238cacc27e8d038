//! Bounded XML reader: quick-xml wrapped once, with budgets before anything is built.
