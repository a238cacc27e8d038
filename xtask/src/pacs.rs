//! The DICOM servers of a synthetic region's hospitals: each a process of `musubi pacs`.

use crate::centre::Centre;
use crate::process;
use crate::region::Region;
use crate::server::{self, Server};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// What images stand in a region (`imaging.json`), as far as the tasks ask.
#[derive(Debug, Deserialize)]
pub struct Imaging {
    /// The hospitals' servers.
    pub servers: Vec<ImageServer>,
    /// Every study on every server.
    pub studies: Vec<ImageStudy>,
}

/// A DICOM server.
#[derive(Debug, Deserialize)]
pub struct ImageServer {
    /// Name, and folder below the region's directory.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// AE title.
    pub ae_title: String,
    /// OID of its patient-ID domain.
    pub domain_oid: String,
    /// List of the people to enrol.
    pub enrolment: String,
    /// Its patients.
    pub patients: Vec<ImagePatient>,
}

/// A patient of a server.
#[derive(Debug, Deserialize)]
pub struct ImagePatient {
    /// Their number on the server.
    pub patient_id: String,
    /// Whether the person takes part.
    pub is_enrolled: bool,
}

/// A study on a server.
#[derive(Debug, Deserialize)]
pub struct ImageStudy {
    /// Name of the server.
    pub server: String,
    /// Number of the patient on the server.
    pub patient_id: String,
    /// Number of the person.
    pub person: Option<u32>,
    /// Study Instance UID.
    pub study_uid: String,
    /// Its series.
    pub series: Vec<ImageSeries>,
}

/// A series.
#[derive(Debug, Deserialize)]
pub struct ImageSeries {
    /// Its instances.
    pub instances: Vec<serde_json::Value>,
}

impl Imaging {
    /// Reads what the region wrote.
    pub fn read(region: &Region) -> Result<Imaging> {
        let path = region.directory.join("imaging.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).context("imaging.json")
    }

    /// Studies of a person who takes part at their server, a copy counted with its original.
    pub fn studies_of(&self, person: u32) -> Vec<&ImageStudy> {
        let is_enrolled = |study: &ImageStudy| {
            let server = self.servers.iter().find(|server| server.name == study.server);
            let mut patients = server.iter().flat_map(|server| &server.patients);
            patients.any(|one| one.is_enrolled && one.patient_id == study.patient_id)
        };
        let mut found: Vec<&ImageStudy> = Vec::new();
        for study in self.studies.iter().filter(|study| study.person == Some(person)) {
            let is_known = found.iter().any(|known| known.study_uid == study.study_uid);
            if is_enrolled(study) && !is_known {
                found.push(study);
            }
        }
        found
    }
}

/// Starts the region's servers, makes them sources of the centre, enrols their patients and pulls
/// their images.
pub fn pull(binary: &Path, region: &Region, centre: &Centre) -> Result<Vec<Server>> {
    let mut running = Vec::new();
    for one in &Imaging::read(region)?.servers {
        let address = server::free_address()?;
        let mut serve = process::command(binary);
        serve.arg("pacs").arg(region.directory.join(&one.name));
        serve.args(["--ae-title", &one.ae_title, "--listen", &address.to_string()]);
        eprintln!("$ {}", process::spoken(&serve));
        let child = serve.stdin(Stdio::null()).spawn().context("cannot start musubi pacs")?;
        running.push(Server::started(child, address)?);
        let words = ["source", "add", &one.name, "--facility", &one.facility_code];
        let mut add = centre.command(words);
        add.args(["--kind", "dicom", "--domain", &one.domain_oid, "--ae-title", &one.ae_title]);
        add.args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
        process::run(&mut add)?;
        let mut enrol = centre.command(["enrol", "--source", &one.name, "--list"]);
        enrol.arg(region.directory.join(&one.enrolment)).arg("--viewer");
        enrol.args(region.facilities.iter().map(|facility| &facility.code));
        process::run(&mut enrol)?;
        process::run(&mut centre.command(["pull", "--source", &one.name]))?;
    }
    Ok(running)
}
