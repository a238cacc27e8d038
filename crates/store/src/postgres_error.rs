//! What PostgreSQL's errors mean to the store.

use crate::error::StoreError;
use crate::postgres::whole;
use tokio_postgres::error::SqlState;

/// The store's error for one of PostgreSQL's, and whether the use case must be repeated.
pub(crate) fn fault(statement: &'static str, error: &tokio_postgres::Error) -> (StoreError, bool) {
    let detail = whole(error);
    let Some(server) = error.as_db_error() else {
        let lost = error.is_closed() || has_io_cause(error);
        let made =
            if lost { StoreError::Lost(detail) } else { StoreError::Sql { statement, detail } };
        return (made, false);
    };
    let state = server.code();
    let class = state.code().get(..2).unwrap_or("");
    if *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED {
        return (StoreError::Busy(detail), true);
    }
    let made = match class {
        _ if *state == SqlState::UNIQUE_VIOLATION => StoreError::Unique { statement, detail },
        _ if *state == SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy(detail),
        _ if *state == SqlState::DISK_FULL => StoreError::Full(detail),
        _ if *state == SqlState::IO_ERROR || *state == SqlState::DATA_CORRUPTED => {
            StoreError::Disk(detail)
        }
        // 08 connection, 53 resources (no connection slot), 57P0x shutdown by the server.
        "08" | "53" => StoreError::Lost(detail),
        "57" if state.code().starts_with("57P") => StoreError::Lost(detail),
        "23" => StoreError::Constraint { statement, detail },
        _ => StoreError::Sql { statement, detail },
    };
    (made, false)
}

fn has_io_cause(error: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}
