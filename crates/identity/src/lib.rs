//! Identities, persons, community IDs and the events that tie them.
