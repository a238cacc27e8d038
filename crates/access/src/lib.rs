//! Accounts, sessions, consent, and the one access decision.
