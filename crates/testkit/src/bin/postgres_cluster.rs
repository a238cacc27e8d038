//! A temporary PostgreSQL cluster for a task of another process. Each line of standard input,
//! `NAME` or `NAME TEMPLATE`, makes a database and is answered with its URL; the cluster ends
//! with its input.

use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        if let Some(name) = words.next() {
            let url = testkit::database_for_others(name, words.next())?;
            writeln!(std::io::stdout(), "{url}")?;
        }
    }
    Ok(())
}
