//! A synthetic region as `musubi region` wrote it: what stands where, and what is true.

use crate::process;
use crate::truth::Truth;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What region to make.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Seed.
    pub seed: u64,
    /// People in it.
    pub patients: u32,
    /// Entries of each person, for load; an everyday history if not given.
    pub entries: Option<u32>,
    /// Whether the hospitals have DICOM servers with images.
    pub images: bool,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted { seed: 1, patients: 40, entries: None, images: false }
    }
}

/// A region on disk (`region.json`).
#[derive(Debug, Deserialize)]
pub struct Region {
    /// Where it stands.
    #[serde(skip)]
    pub directory: PathBuf,
    /// Hospitals and clinics.
    pub facilities: Vec<Facility>,
    /// Systems that give data.
    pub sources: Vec<Source>,
}

/// A hospital or clinic.
#[derive(Debug, Deserialize)]
pub struct Facility {
    /// Ten-digit code.
    pub code: String,
    /// Name.
    pub name: String,
    /// `hospital` or `clinic`.
    pub facility_type: String,
}

impl Facility {
    /// Its name in tables: the beginning.
    pub fn short_name(&self) -> String {
        self.name.chars().take(4).collect()
    }
}

/// A system that gives data; paths are relative to the region's directory.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// Name.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// OID of its patient-ID domain.
    pub domain_oid: String,
    /// Standardized storage.
    pub roots: Vec<PathBuf>,
    /// Extended storage.
    pub extended_root: PathBuf,
    /// Transaction storage, where it has one.
    pub transaction_root: Option<PathBuf>,
    /// List of the people to enrol.
    pub enrolment: PathBuf,
}

impl Region {
    /// Makes a region with `musubi region` and reads its description.
    pub fn make(binary: &Path, directory: &Path, wanted: Wanted) -> Result<Region> {
        let mut make = process::command(binary);
        make.arg("region").arg(directory);
        make.args(["--seed", &wanted.seed.to_string()]);
        make.args(["--patients", &wanted.patients.to_string()]);
        if let Some(entries) = wanted.entries {
            make.args(["--entries", &entries.to_string()]);
        }
        if wanted.images {
            make.arg("--images");
        }
        process::run(&mut make)?;
        Region::read(directory)
    }

    /// Reads the description of a region.
    pub fn read(directory: &Path) -> Result<Region> {
        let path = directory.join("region.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let region: Region = serde_json::from_str(&text).context("region.json")?;
        Ok(Region { directory: directory.to_owned(), ..region })
    }

    /// Where the truth stands.
    pub fn truth_path(&self) -> PathBuf {
        self.directory.join("truth.json")
    }

    /// What was written into the storages.
    pub fn truth(&self) -> Result<Truth> {
        let path = self.truth_path();
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).context("truth.json")
    }

    /// Its hospitals: the facilities that give data.
    pub fn hospitals(&self) -> impl Iterator<Item = &Facility> {
        self.facilities
            .iter()
            .filter(|facility| self.sources.iter().any(|one| one.facility_code == facility.code))
    }

    /// A clinic of the region: it gives no data, its doctors see.
    pub fn clinic(&self) -> Result<&Facility> {
        let clinic = self.facilities.iter().find(|facility| facility.facility_type == "clinic");
        clinic.context("the region has no clinic")
    }
}
