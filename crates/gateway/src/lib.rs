//! Sources: backfill, following, quarantine, leases; SS-MIX2 items to XDS submissions.
