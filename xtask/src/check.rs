//! Uses the pages of a demo over HTTP as a doctor does, and compares what they show with what
//! the region wrote.

use crate::demo::Demo;
use crate::http::{Client, escape};
use crate::pacs::Imaging;
use crate::region::Region;
use crate::session::{self, words};
use crate::truth::{Counts, LabValue, Person, Truth};
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Compares the counts, signs in, finds a patient, opens timeline and results.
pub fn demo(demo: &Demo) -> Result<()> {
    let truth = demo.region.truth()?;
    counts(&truth, &demo.stats)?;
    closed_without_session(&mut Client::new(demo.server.address))?;
    let mut client = session::sign_in(demo.server.address, &demo.account)?;
    let person = truth.widest().context("nobody takes part")?;
    let address = find(&mut client, person)?;
    let imaging = match demo.servers.is_empty() {
        true => None,
        false => Some(Imaging::read(&demo.region)?),
    };
    let studies = imaging.as_ref().map_or(0, |imaging| imaging.studies_of(person.number).len());
    timeline(&mut client, &address, &demo.region, truth.current(person).count() + studies)?;
    if let Some(imaging) = &imaging {
        images(&mut client, &truth, imaging)?;
    }
    let value = truth.latest_value(person).context("no laboratory value")?;
    results(&mut client, &address, value)?;
    bystanders(&mut client, &truth)
}

/// What `musubi stats` counts is what the region wrote for those who take part.
fn counts(truth: &Truth, stats: &Value) -> Result<()> {
    let found: Counts = serde_json::from_value(stats.clone()).context("musubi stats --json")?;
    let differences = truth.counts().differences(&found);
    if !differences.is_empty() {
        bail!("the counts are not what the region wrote:\n{}", differences.join("\n"));
    }
    match stats["quarantine"].as_object() {
        Some(waiting) if waiting.is_empty() => Ok(()),
        _ => bail!("items of a faultless region wait in quarantine: {}", stats["quarantine"]),
    }
}

/// Without a session no page says anything.
fn closed_without_session(client: &mut Client) -> Result<()> {
    for path in ["/", "/patients", "/p/1", "/p/1/labs"] {
        let status = client.get(path)?.status;
        if !matches!(status, 303 | 401 | 403) {
            bail!("GET {path} without a session: {status}");
        }
    }
    Ok(())
}

/// Searches a person by name and gives the address of their record.
pub fn find(client: &mut Client, person: &Person) -> Result<String> {
    let page = search(client, &person.name())?;
    let (year, rest) = person.birth.split_at(4);
    let birth = format!("{year}/{}/{}", &rest[..2], &rest[2..]);
    let row = rows(&page).find(|row| row.contains(&birth) && row.contains("href=\"/p/"));
    let row =
        row.with_context(|| format!("{} ({birth}) is not found: {}", person.name(), words(&page)))?;
    let (_, address) = row.split_once("href=\"").context("no address")?;
    Ok(address.split(['"', '?']).next().unwrap_or_default().to_owned())
}

/// The timeline shows every hospital, and every entry once.
fn timeline(client: &mut Client, address: &str, region: &Region, entries: usize) -> Result<()> {
    let page = words(&client.page(address)?);
    for hospital in region.hospitals().map(|hospital| hospital.short_name()) {
        expect(&page, &hospital, address)?;
    }
    let list = format!("{address}?v=list");
    expect(&words(&client.page(&list)?), &format!(" {entries} / {entries} 件"), &list)
}

/// Whoever has most studies sees each once; what is told of a study's instances is of all of them.
fn images(client: &mut Client, truth: &Truth, imaging: &Imaging) -> Result<()> {
    let person = truth.persons.iter().max_by_key(|one| imaging.studies_of(one.number).len());
    let person = person.context("nobody takes part")?;
    let studies = imaging.studies_of(person.number);
    let address = find(client, person)?;
    let path = format!("{address}/images");
    let shown = format!("{0} / {0} 検査", studies.len());
    expect(&words(&client.page(&path)?), &shown, &path)?;
    for study in studies {
        let path = format!("/dicomweb/studies/{}/metadata", study.study_uid);
        let told: Vec<Value> = serde_json::from_str(&client.page(&path)?).context(path.clone())?;
        let instances: usize = study.series.iter().map(|series| series.instances.len()).sum();
        if told.len() != instances {
            bail!("{path}: {} instances, not {instances}", told.len());
        }
        expect(&client.page(&format!("{address}/study/{}", study.study_uid))?, "参照用", &path)?;
    }
    Ok(())
}

/// The flow-sheet has a row of that item with that value.
fn results(client: &mut Client, address: &str, value: &LabValue) -> Result<()> {
    let path = format!("{address}/labs");
    let page = client.page(&path)?;
    let is_row = |row: &&str| {
        words(row).contains(&value.name) && row.contains(&format!(">{}<", value.value))
    };
    match rows(&page).find(is_row) {
        Some(_) => Ok(()),
        None => bail!("{path}: no row {} with {}: {}", value.name, value.value, words(&page)),
    }
}

/// People who take no part are not found: their records were never read.
fn bystanders(client: &mut Client, truth: &Truth) -> Result<()> {
    let names: Vec<_> =
        truth.persons.iter().filter(|one| one.is_enrolled).map(Person::name).collect();
    for person in truth.persons.iter().filter(|one| !one.is_enrolled) {
        if names.contains(&person.name()) {
            continue;
        }
        let page = search(client, &person.name())?;
        if rows(&page).any(|row| row.contains("href=\"/p/") && words(row).contains(&person.name()))
        {
            bail!("{} takes no part and is found", person.name());
        }
    }
    Ok(())
}

fn search(client: &mut Client, words: &str) -> Result<String> {
    client.page(&format!("/patients?q={}", escape(words)))
}

fn rows(page: &str) -> impl Iterator<Item = &str> {
    page.split("<tr").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default())
}

fn expect(page: &str, wanted: &str, place: &str) -> Result<()> {
    match page.contains(wanted) {
        true => Ok(()),
        false => bail!("{place} does not show `{wanted}`: {page}"),
    }
}
