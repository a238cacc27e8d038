//! HL7 v2 messages over bytes: bounded parser, spans, escapes, and a builder.
