//! The server that a run starts when it is told no address: a fresh centre with NIST's affinity
//! domain, one source, and patients of it as plans need them.

use super::element::{Element, Node};
use super::kit;
use super::patients::{self, Feed};
use crate::centre::{self, Centre};
use crate::metadata;
use crate::process;
use crate::server::{self, Server};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// Path of the registry's transactions on the server.
pub const REGISTRY_PATH: &str = "/xds/registry";
/// Path of the repository's.
pub const REPOSITORY_PATH: &str = "/xds/repository";
/// What stands behind the centre's OID for its affinity domain.
const AFFINITY_ARC: &str = ".1";
/// What stands behind that for the source's own patient numbers.
const SOURCE_ARC: &str = ".1";
/// Key of musubi.toml that names the affinity domain's codes.xml; where there is none, the folder
/// is named that holds it beside the rules of the gateway.
const CODES_KEYS: [&str; 2] = ["codes", "codes_directory"];
/// The codes that the gateway's rules choose from: without them no centre starts.
const OWN_CODES: &str = "crates/gateway/codes/codes.xml";
/// A made-up hospital and its one source.
const FACILITY: [&str; 2] = ["1319999999", "NIST"];
const SOURCE: &str = "nist";

/// A running centre.
pub struct Started {
    /// The server; stopped by whoever started it.
    pub server: Server,
    /// Its patients.
    pub feed: Feed,
    /// OID of its affinity domain.
    pub affinity_oid: String,
}

/// Starts a fresh centre with the codes of a kit's folder.
pub fn start(binary: &Path, folder_of_kit: &Path) -> Result<Started> {
    let directory = metadata::target_directory()?.join("nist");
    centre::fresh(&directory)?;
    fs::create_dir_all(directory.join("root"))?;
    let at = directory.join("centre");
    let centre = Rc::new(Centre::init(binary, &at, None)?);
    let path = at.join("musubi.toml");
    let codes =
        fs::canonicalize(folder_of_kit.join("codes.xml")).context("codes.xml of the folder")?;
    let folder = directory.join("codes");
    fs::create_dir_all(&folder)?;
    let ours = fs::read_to_string(process::root().join(OWN_CODES)).context(OWN_CODES)?;
    fs::write(folder.join("codes.xml"), merged(&kit::read(&codes)?, &ours)?)?;
    let (text, affinity_oid) = configured(&fs::read_to_string(&path)?, &codes, &folder)?;
    fs::write(&path, text)?;
    let [code, name] = FACILITY;
    process::run(&mut centre.command(["facility", "add", code, name]))?;
    let words = ["source", "add", SOURCE, "--facility", code, "--kind", "ssmix2", "--domain"];
    let mut source = centre.command(words);
    source.arg(format!("{affinity_oid}{SOURCE_ARC}")).arg("--root").arg(directory.join("root"));
    process::run(&mut source)?;
    let mut feed = feed(Rc::clone(&centre), affinity_oid.clone());
    // Before the server runs, so that a configuration that cannot enrol is seen at once.
    let mut ready = feed(1)?;
    let feed: Feed = Box::new(move |count| match ready.is_empty() {
        true => feed(count),
        false => Ok(std::mem::take(&mut ready)),
    });
    let server = centre.serve(server::free_address()?)?;
    Ok(Started { server, feed, affinity_oid })
}

/// musubi.toml with the kit's codes, and the OID of its affinity domain.
fn configured(text: &str, codes: &Path, folder: &Path) -> Result<(String, String)> {
    let value = |line: &str| Some(line.split_once('"')?.1.split_once('"')?.0.to_owned());
    let oid = text.lines().find(|line| line.starts_with("oid = ")).and_then(value);
    let oid = oid.context("musubi.toml has no line `oid = \"…\"`")?;
    let key_of = |line: &str| line.split_once(" = ").map_or(String::new(), |(key, _)| key.into());
    let keys: Vec<String> = text.lines().map(key_of).collect();
    let has = |key: &&&str| keys.iter().any(|present| present == **key);
    let chosen = *CODES_KEYS
        .iter()
        .find(has)
        .with_context(|| format!("musubi.toml has no key {}", CODES_KEYS.join(" or ")))?;
    let codes = if chosen == CODES_KEYS[0] { codes } else { folder };
    let lines = text.lines().zip(&keys).map(|(line, key)| match key.as_str() {
        key if key == chosen => format!("{key} = \"{}\"", codes.display()),
        // Nothing but the plans may write.
        "follow" => "follow = false".to_owned(),
        "trust_loopback" => "trust_loopback = true".to_owned(),
        _ => line.to_owned(),
    });
    let written: Vec<_> = lines.collect();
    Ok((written.join("\n") + "\n", format!("{oid}{AFFINITY_ARC}")))
}

/// The kit's codes, and behind them those of ours that it lacks.
fn merged(kit: &str, ours: &str) -> Result<String> {
    let mut codes = Element::parse(kit).context("codes.xml")?;
    for list in Element::parse(ours).context(OWN_CODES)?.elements() {
        let name = list.attribute("name");
        let same = |one: &&mut Element| one.name == "CodeType" && one.attribute("name") == name;
        if let Some(present) = codes.elements_mut().find(same) {
            present.children.extend(list.children.iter().cloned());
            continue;
        }
        codes.children.push(Node::Element(list.clone()));
    }
    Ok(codes.write())
}

/// Enrols patients who were not there before.
fn feed(centre: Rc<Centre>, affinity_oid: String) -> impl FnMut(usize) -> Result<Vec<String>> {
    let mut fed = 0;
    move |count| {
        let ids: Vec<_> =
            (fed + 1..=fed + count).map(|number| format!("NIST{number:06}")).collect();
        fed += count;
        let mut enrol = centre.command(["enrol", "--source", SOURCE, "--json", "--patient"]);
        let text = process::output(enrol.args(ids))?;
        let value: Value = serde_json::from_str(&text).context("musubi enrol --json")?;
        let patients = value["patients"].as_array().context("musubi enrol --json: patients")?;
        let ids = patients.iter().filter_map(|one| one["community_id"].as_str());
        Ok(ids.map(|id| patients::written(id, &affinity_oid)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_kit_are_configured() {
        let configured = |text: &str| configured(text, Path::new("c.xml"), Path::new("f"));
        let text = "[region]\noid = \"2.25.7\"\ncodes_directory = \"\"\n[intake]\nfollow = true\n";
        let (written, oid) = configured(text).unwrap();
        assert_eq!(oid, "2.25.7.1");
        assert!(written.contains("follow = false") && written.contains("codes_directory = \"f\""));
        let (written, _) = configured(&format!("{text}[registry]\ncodes = \"\"\n")).unwrap();
        assert!(
            written.contains("codes = \"c.xml\"") && written.contains("codes_directory = \"\"")
        );
        assert!(configured("oid = \"2.25.7\"\n").is_err());
    }

    #[test]
    fn our_codes_stand_behind_the_kits() {
        let kit = "<Codes><CodeType name=\"a\"><Code code=\"1\"/></CodeType><Other/></Codes>";
        let ours = "<Codes><CodeType name=\"a\"><Code code=\"2\"/></CodeType><CodeType \
                    name=\"b\"/></Codes>";
        let expected = "<Codes><CodeType name=\"a\"><Code code=\"1\"/><Code code=\"2\"/>\
                        </CodeType><Other/><CodeType name=\"b\"/></Codes>";
        assert_eq!(merged(kit, ours).unwrap(), expected);
    }
}
