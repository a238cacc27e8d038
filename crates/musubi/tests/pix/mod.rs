//! PIX and PDQ of HL7 v3 with the started binary: feeds, queries, notifications, and what is no
//! message.

mod bad_input;
mod centre;
mod certificates;
mod fixtures;
mod foreign;
mod notification;
