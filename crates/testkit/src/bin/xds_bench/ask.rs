//! One client that asks, one request after the other: stored queries, retrievals, files.

use crate::connection::{Connection, Url};
use crate::message;
use crate::settings::{Failure, Settings};
use crate::tally::Tally;
use std::time::Instant;

const SOAP: &str = "application/soap+xml; charset=UTF-8";

/// FindDocuments of each patient, `--rounds` times; of the first round every answer is counted:
/// it must hold as many documents as its line says.
pub fn query(settings: &Settings) -> Result<(), Failure> {
    let mut connection = Connection::open(&Url::parse(settings.text("--url")?)?)?;
    let domain = settings.text("--domain")?;
    let rounds: usize = settings.number("--rounds", 1)?;
    let patients = settings.patients()?;
    let mut tally = Tally::default();
    for round in 0..rounds {
        for (patient, expected) in &patients {
            let request = message::query(patient, domain)?;
            let (mut body, mut length) = (Vec::new(), 0);
            let begun = Instant::now();
            connection.post(SOAP, &[request.as_bytes()], &mut |bytes| {
                length += bytes.len() as u64;
                if round == 0 {
                    body.extend_from_slice(bytes);
                }
            })?;
            let took = begun.elapsed();
            if round == 0 {
                check(&body, *expected)?;
                if let Some(path) = settings.maybe("--save") {
                    std::fs::write(path, &body)?;
                }
            }
            // The first of several rounds is there to be counted, not to be timed.
            if round > 0 || rounds == 1 {
                tally.times.push(took);
                tally.wall += took;
                tally.bytes += length;
            }
        }
    }
    tally.print()
}

fn check(body: &[u8], expected: usize) -> Result<(), Failure> {
    let text = std::str::from_utf8(body)?;
    let found = text.matches("ExtrinsicObject ").count();
    let is_success = text.contains("ResponseStatusType:Success");
    if found != expected || !is_success {
        let shown: String = text.chars().take(600).collect();
        return Err(format!("{found} documents instead of {expected}: {shown}").into());
    }
    Ok(())
}

/// ITI-43 of one document of `--bytes` bytes; the first answer is compared byte for byte.
pub fn retrieve(settings: &Settings) -> Result<(), Failure> {
    let mut connection = Connection::open(&Url::parse(settings.text("--url")?)?)?;
    let (content_type, request) =
        message::retrieval(settings.text("--repository")?, settings.text("--unique-id")?)?;
    let content = message::content(0, settings.number("--bytes", 0)?);
    let rounds: usize = settings.number("--rounds", 1)?;
    let mut tally = Tally::default();
    for round in 0..=rounds {
        let (mut body, mut length) = (Vec::new(), 0);
        let begun = Instant::now();
        connection.post(&content_type, &[request.as_bytes()], &mut |bytes| {
            length += bytes.len() as u64;
            if round == 0 {
                body.extend_from_slice(bytes);
            }
        })?;
        let took = begun.elapsed();
        if round > 0 {
            tally.times.push(took);
            tally.wall += took;
            tally.bytes += length;
            continue;
        }
        let start = &content[..content.len().min(64)];
        let place = body.windows(start.len().max(1)).position(|window| window == start);
        let place = place.ok_or("the answer does not hold the document")?;
        if body.get(place..place + content.len()) != Some(&content[..]) {
            return Err("the answer holds other bytes than were submitted".into());
        }
    }
    tally.print()
}

/// A file of a static server.
pub fn get(settings: &Settings) -> Result<(), Failure> {
    let mut connection = Connection::open(&Url::parse(settings.text("--url")?)?)?;
    let rounds: usize = settings.number("--rounds", 1)?;
    let mut tally = Tally::default();
    for round in 0..=rounds {
        let mut length = 0;
        let begun = Instant::now();
        connection.get(&mut |bytes| length += bytes.len() as u64)?;
        let took = begun.elapsed();
        if round > 0 {
            tally.times.push(took);
            tally.wall += took;
            tally.bytes += length;
        }
    }
    tally.print()
}
