//! The programs beside `cargo xtask bench xds`: a client that asks and submits, the floor that a
//! durable submission cannot be faster than, and a loader of rows. Each prints one line of JSON.
//!
//! `xds_bench submit|query|retrieve|get|floor|load --name value …`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures real time, names documents by chance and answers on its terminal"
)]

mod ask;
mod connection;
mod floor;
mod load;
mod message;
mod settings;
mod submit;
mod tally;

use settings::{Failure, Settings};

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let task = words.next().unwrap_or_default();
    let settings = Settings::read(words)?;
    match task.as_str() {
        "submit" => submit::run(&settings),
        "query" => ask::query(&settings),
        "retrieve" => ask::retrieve(&settings),
        "get" => ask::get(&settings),
        "floor" => floor::run(&settings),
        "load" => load::run(&settings),
        _ => Err("xds_bench submit|query|retrieve|get|floor|load --name value …".into()),
    }
}
