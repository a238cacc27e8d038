//! The region's images: what stands on the hospitals' DICOM servers, and the truth about it.
//!
//! Everything follows from the region and an [`ImagingPlan`]. Bodies are lists of ellipsoids
//! (`phantom`), modalities make pixels of them (`pixels`), `object` writes them with all that
//! their kind of object has, in the character set of their server or of a device that lies.

mod codec;
mod encoding;
mod later;
mod object;
mod phantom;
mod pixels;
mod plan;
mod romanize;
mod series;
mod server;
mod study;
mod truth;

pub use codec::Syntax;
pub use encoding::TextEncoding;
pub use later::{ImagingChange, ImagingEvent};
pub use plan::ImagingPlan;
pub use truth::{
    ImagingTruth, InstanceTruth, OrderTruth, PacsPatient, SeriesTruth, ServerTruth, StudyTruth,
};

use crate::generate::Region;
use crate::habits::{FACILITIES, SOURCES};
use crate::plan::RegionError;
use crate::write::create;
use object::{Made, Studio};
use pixels::Noise;
use series::Series;
use server::{Patient, SERVERS};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use study::Study;

/// Gets each object's path from the region's directory, and its bytes.
type Keep<'a> = dyn FnMut(&str, &[u8]) -> Result<(), RegionError> + 'a;

/// The images of a region. Pixels are made when they are written: a bench's do not fit into
/// memory.
#[derive(Debug, Clone)]
pub struct Images {
    plan: ImagingPlan,
    seed: u64,
    noise: Noise,
    patients: Vec<Patient>,
    /// Numbers of the people who take part.
    enrolled: Vec<u32>,
    studies: Vec<Study>,
}

impl Images {
    /// The images of a region by a plan.
    pub fn of(region: &Region, plan: &ImagingPlan) -> Images {
        Images { studies: study::studies(region, plan), ..Images::none(region, plan) }
    }

    /// Chest CT alone, so many studies on the first server: what a bench stores and pulls.
    pub fn sections(region: &Region, plan: &ImagingPlan, studies: usize) -> Images {
        let studies = study::sections(region, plan, studies);
        Images { studies, ..Images::none(region, plan) }
    }

    fn none(region: &Region, plan: &ImagingPlan) -> Images {
        let enrolled = region.people.iter().filter(|person| person.is_enrolled);
        Images {
            plan: *plan,
            seed: region.plan.seed,
            noise: Noise::new(region.plan.seed),
            patients: server::patients(region.plan.seed, &region.people),
            enrolled: enrolled.map(|person| person.number).collect(),
            studies: Vec::new(),
        }
    }

    /// Makes every object, one after the other, and tells the truth about them.
    ///
    /// # Errors
    /// What `keep` gives, or a text that its server's character set cannot carry.
    pub fn make(&self, keep: &mut Keep<'_>) -> Result<ImagingTruth, RegionError> {
        let studies = self.studies.iter().map(|study| self.study(study, keep));
        Ok(ImagingTruth {
            seed: self.seed,
            servers: SERVERS.iter().enumerate().map(|(at, _)| self.server(at)).collect(),
            studies: studies.collect::<Result<_, _>>()?,
        })
    }

    /// Writes the servers' folders, `imaging.json` and the servers' enrolment lists below the
    /// directory of a written region.
    ///
    /// # Errors
    /// What writing gives, with the path.
    pub fn write(&self, directory: &Path) -> Result<ImagingTruth, RegionError> {
        let truth = self.make(&mut |path, bytes| create(directory, path.as_bytes(), bytes))?;
        create(directory, b"imaging.json", &serde_json::to_vec_pretty(&truth)?)?;
        for server in &truth.servers {
            create(directory, server.enrolment.as_bytes(), enrolment(server).as_bytes())?;
        }
        Ok(truth)
    }

    fn server(&self, place: usize) -> ServerTruth {
        let spec = SERVERS.get(place).unwrap_or(&SERVERS[0]);
        let patients = self.patients.iter().filter(|patient| patient.server == place);
        let patient = |patient: &Patient| {
            let storage = patient.storage_name();
            let is_present =
                patient.storage.as_ref().map(|(source, _)| source) == spec.sources.first();
            PacsPatient {
                patient_id: patient.patient_id.clone(),
                person: patient.person,
                is_enrolled: patient.person.is_some_and(|one| self.enrolled.contains(&one)),
                storage: storage.map(|(name, _)| name.to_owned()),
                storage_patient_id: storage.map(|(_, number)| number.to_owned()),
                by_the_rule: storage
                    .filter(|_| is_present)
                    .map(|(_, number)| spec.number_of(number)),
            }
        };
        ServerTruth {
            name: spec.name.to_owned(),
            facility_code: FACILITIES.get(spec.facility).map_or("", |one| one.code).to_owned(),
            ae_title: spec.ae_title.to_owned(),
            domain_oid: spec.domain_oid.to_owned(),
            storages: spec
                .sources
                .iter()
                .filter_map(|source| Some(SOURCES.get(*source)?.name.to_owned()))
                .collect(),
            enrolment: format!("enrol-{}.csv", spec.name),
            patients: patients.map(patient).collect(),
        }
    }

    fn study(&self, study: &Study, keep: &mut Keep<'_>) -> Result<StudyTruth, RegionError> {
        let spec = SERVERS.get(study.server).unwrap_or(&SERVERS[0]);
        let right = |text: &str| study.encoding.writable(text);
        let [_, family, given] = study.doctor;
        let series = study.series.iter().map(|series| self.series(study, series, keep));
        let series = series.collect::<Result<_, _>>()?;
        let copy_of = study.import.as_ref().and_then(|import| import.original.as_ref());
        Ok(StudyTruth {
            server: spec.name.to_owned(),
            patient_id: study.patient.patient_id.clone(),
            person: study.patient.person,
            study_uid: study.uid.clone(),
            accession: study.accession.clone(),
            date: study.at.day().digits(),
            time: study.at.seconds().get(8..).unwrap_or_default().to_owned(),
            order: study.order.as_ref().and_then(|(source, order_key)| {
                let storage = SOURCES.get(*source)?.name.to_owned();
                Some(OrderTruth { storage, order_key: order_key.clone() })
            }),
            encoding: study.encoding,
            declared: study.encoding.declared().map(str::to_owned),
            patient_name: study.encoding.name(study.subject.name()),
            birth: crate::day::Day(study.subject.birth_day).digits(),
            sex: if study.subject.is_woman { "F" } else { "M" }.to_owned(),
            description: right(study.examined.title()),
            institution: right(study.institution),
            referring_physician: right(&format!("={family}^{given}")),
            imported_by: study.import.as_ref().map(|_| "CDIMP01".to_owned()),
            copy_of: copy_of.and_then(|(server, _)| Some(SERVERS.get(*server)?.name.to_owned())),
            series,
        })
    }

    fn series(
        &self,
        study: &Study,
        series: &Series,
        keep: &mut Keep<'_>,
    ) -> Result<SeriesTruth, RegionError> {
        let studio = Studio::new(&self.plan, self.seed, &self.noise, study, series);
        let mut instances = Vec::with_capacity(series.count);
        for place in 0..series.count {
            let Made { bytes, frames } = studio.make(place)?;
            let path = path(study, series, place);
            keep(&path, &bytes)?;
            instances.push(InstanceTruth {
                instance_uid: series.instance_uid(place),
                sop_class_uid: series.content.sop_class().to_owned(),
                number: place + 1,
                frames,
                path,
                size_bytes: bytes.len(),
                sha256: hex::encode(Sha256::digest(&bytes)),
            });
        }
        Ok(SeriesTruth {
            series_uid: series.uid.clone(),
            number: series.number,
            modality: series.modality.to_owned(),
            description: study.encoding.writable(series.description),
            syntax: series.syntax,
            transfer_syntax_uid: series.syntax.transfer_syntax().uid().to_owned(),
            instances,
        })
    }
}

/// The path of an object's file from the region's directory.
fn path(study: &Study, series: &Series, place: usize) -> String {
    let server = SERVERS.get(study.server).map_or("", |server| server.name);
    format!("{server}/{}/{:02}/{:04}.dcm", study.folder, series.number, place + 1)
}

/// Who takes part, and by which number of the hospital's storage they are known.
fn enrolment(server: &ServerTruth) -> String {
    let mut list = "patient_id,same_as\n".to_owned();
    for patient in server.patients.iter().filter(|patient| patient.is_enrolled) {
        if let (Some(storage), Some(number)) = (&patient.storage, &patient.storage_patient_id) {
            list.push_str(&format!("{},{storage}:{number}\n", patient.patient_id));
        }
    }
    list
}
