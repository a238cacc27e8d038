//! HL7 v2 over MLLP with the started binary: feeds, queries, notifications, and what is no
//! message.

mod bad_input;
mod centre;
mod check;
mod crowd;
mod demographics;
mod domains;
mod feed;
mod foreign;
mod notification;
mod ohie;
mod split;
