//! Which studies stand on which server.

use super::encoding::{Name, TextEncoding};
use super::plan::ImagingPlan;
use super::series::{Examined, Series, series};
use super::server::{Patient, SERVERS, ServerSpec, patients};
use crate::day::Moment;
use crate::generate::Region;
use crate::message::examination::{Examination, accession_number, study_uid};
use crate::names::DOCTORS;

/// A study to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Study {
    pub(crate) server: usize,
    pub(crate) patient: Patient,
    pub(crate) subject: Subject,
    pub(crate) uid: String,
    pub(crate) accession: String,
    pub(crate) at: Moment,
    pub(crate) examined: Examined,
    /// Storage and 特定キー of its order.
    pub(crate) order: Option<(usize, String)>,
    pub(crate) encoding: TextEncoding,
    pub(crate) institution: &'static str,
    pub(crate) doctor: [&'static str; 3],
    pub(crate) import: Option<Import>,
    /// Its folder below that of its server.
    pub(crate) folder: String,
    pub(crate) series: Vec<Series>,
    /// Instances (series number, place) that were corrected after they had been sent.
    pub(crate) corrected: Vec<(usize, usize)>,
    /// Whether it was another patient's before.
    pub(crate) is_moved: bool,
}

/// Whose body it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) family: [&'static str; 2],
    pub(crate) given: [&'static str; 2],
    /// Days from 1970.
    pub(crate) birth_day: i64,
    pub(crate) is_woman: bool,
}

/// How a study came onto a server from a CD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// Place of the server that has the original, and its number of the patient there.
    pub(crate) original: Option<(usize, String)>,
}

/// Whom nobody but one server knows.
const STRANGER: Subject = Subject {
    family: ["黒田", "クロダ"],
    given: ["実", "ミノル"],
    birth_day: -9_200,
    is_woman: false,
};

/// A practice outside of the region; its name has two characters whose second byte is a
/// backslash in Shift_JIS.
const OUTSIDE: &str = "表町ソフィア画像診断クリニック";

impl Subject {
    pub(crate) fn name(&self) -> Name<'_> {
        Name { family: self.family, given: self.given }
    }
}

/// Every study of every server, in the order of servers and folders.
pub(crate) fn studies(region: &Region, plan: &ImagingPlan) -> Vec<Study> {
    let patients = patients(region.plan.seed, &region.people);
    let mut studies: Vec<Study> = Vec::new();
    for server in 0..SERVERS.len() {
        let here = patients.iter().filter(|patient| patient.server == server);
        let mut desk = Desk { region, plan, server, patients: here.collect(), studies: Vec::new() };
        desk.ordered();
        desk.known_here_only();
        if server == 1 {
            desk.imported(&studies);
        }
        studies.append(&mut desk.studies);
    }
    studies
}

/// So many chest CTs of the first server's patients, one day after the other.
pub(crate) fn sections(region: &Region, plan: &ImagingPlan, count: usize) -> Vec<Study> {
    let patients = patients(region.plan.seed, &region.people);
    let here: Vec<&Patient> = patients.iter().filter(|patient| patient.server == 0).collect();
    let mut desk = Desk { region, plan, server: 0, patients: here.clone(), studies: Vec::new() };
    for (number, patient) in here.into_iter().cycle().take(count).enumerate() {
        desk.of_this_server(patient, Examined::ChestCt, -1 - number as i64, number + 1);
    }
    desk.studies
}

/// What is registered on one server.
struct Desk<'a> {
    region: &'a Region,
    plan: &'a ImagingPlan,
    server: usize,
    patients: Vec<&'a Patient>,
    studies: Vec<Study>,
}

/// A study before its series.
struct Arrival<'a> {
    patient: &'a Patient,
    uid: String,
    accession: String,
    at: Moment,
    examined: Examined,
    with_documents: bool,
}

impl Desk<'_> {
    fn spec(&self) -> &'static ServerSpec {
        SERVERS.get(self.server).unwrap_or(&SERVERS[0])
    }

    /// Those of the hospital's orders: the first ones of the person whom everybody knows, then
    /// the latest one of each other patient.
    fn ordered(&mut self) {
        const OF_THE_FIRST: usize = 4;
        let spec = self.spec();
        let mut chosen: Vec<(&Patient, &Examination, usize)> = Vec::new();
        for patient in &self.patients {
            let Some(person) = patient.person else { continue };
            let items = self.region.items.iter().filter(|item| {
                item.person == person
                    && spec.sources.contains(&item.source)
                    && item.current().is_some()
            });
            let mut of_person =
                items.filter_map(|item| Some((*patient, item.examination.as_ref()?, item.source)));
            match person {
                0 => chosen.extend(of_person.take(OF_THE_FIRST)),
                _ => chosen.extend(of_person.next_back()),
            }
        }
        chosen.truncate(self.plan.studies_per_server);
        for (place, (patient, examination, source)) in chosen.into_iter().enumerate() {
            let domain = crate::habits::SOURCES.get(source).map_or("", |source| source.domain_oid);
            let arrival = Arrival {
                patient,
                uid: study_uid(domain, &examination.number),
                accession: accession_number(&examination.number),
                at: examination.at,
                examined: Examined::of_modality(examination.modality),
                with_documents: place == 1,
            };
            self.arrive(arrival);
            if let Some(study) = self.studies.last_mut() {
                study.order = Some((source, examination.number.clone()));
            }
        }
    }

    /// Studies without an order in any storage.
    fn known_here_only(&mut self) {
        let wanted: &[(Examined, i64)] = match self.server {
            0 => &[(Examined::Ultrasound, -47), (Examined::AbdomenCt, -19)],
            1 => &[(Examined::AbdomenCt, -33), (Examined::Ultrasound, -12)],
            _ => &[(Examined::HeadCt, -26), (Examined::Skin, -9)],
        };
        let first = self.patients.first().copied();
        for (number, (examined, day)) in wanted.iter().enumerate() {
            let Some(patient) = first else { continue };
            self.of_this_server(patient, *examined, *day, number + 1);
        }
        // Patients of a trap have images, so that a wrong number would bring somebody's.
        let strangers = self.patients.iter().copied().filter(|patient| patient.person.is_none());
        let trapped: Vec<&Patient> = match self.server {
            0 => strangers.chain(self.patients.get(1).copied()).collect(),
            1 => self.patients.iter().copied().skip(1).take(2).collect(),
            _ => Vec::new(),
        };
        for (number, patient) in trapped.into_iter().enumerate() {
            self.of_this_server(
                patient,
                Examined::ChestRadiograph,
                -60 - number as i64,
                11 + number,
            );
        }
    }

    fn of_this_server(&mut self, patient: &Patient, examined: Examined, day: i64, number: usize) {
        let uid = format!("{}.8.{number}", self.spec().domain_oid);
        let at = self.region.reference.plus(day).weekday().at(13, 20 + number as i64);
        let accession = format!("S{number:06}");
        let with_documents = examined == Examined::AbdomenCt;
        self.arrive(Arrival { patient, uid, accession, at, examined, with_documents });
    }

    /// What came on CDs: from outside of the region with each kind of wrong declaration, and a
    /// copy of what another hospital's server has.
    fn imported(&mut self, earlier: &[Study]) {
        let encodings =
            [TextEncoding::ShiftJisAsLatin, TextEncoding::ShiftJisUndeclared, TextEncoding::Mixed];
        for (number, encoding) in encodings.into_iter().enumerate() {
            let place = if number == 0 { 0 } else { self.patients.len().saturating_sub(number) };
            let Some(patient) = self.patients.get(place).copied() else { continue };
            let uid = format!("2.25.{}", 800_200_300_400_500_u64 + number as u64);
            let at = self.region.reference.plus(-90 - 11 * number as i64).weekday().at(10, 5);
            let accession = String::new();
            let examined = Examined::ChestRadiograph;
            self.arrive(Arrival { patient, uid, accession, at, examined, with_documents: false });
            if let Some(study) = self.studies.last_mut() {
                study.encoding = encoding;
                study.institution = OUTSIDE;
                study.import = Some(Import { original: None });
            }
        }
        let original = earlier.iter().find(|study| {
            study.examined == Examined::ChestCt
                && self.patients.iter().any(|patient| patient.person == study.patient.person)
        });
        let Some(original) = original else { return };
        let patient = self.patients.iter().find(|one| one.person == original.patient.person);
        let Some(patient) = patient else { return };
        let copy = Study {
            server: self.server,
            patient: (*patient).clone(),
            import: Some(Import {
                original: Some((original.server, original.patient.patient_id.clone())),
            }),
            order: None,
            folder: self.folder(),
            ..original.clone()
        };
        self.studies.push(copy);
    }

    fn folder(&self) -> String {
        format!("{:04}", self.studies.len() + 1)
    }

    fn arrive(&mut self, arrival: Arrival<'_>) {
        let Arrival { patient, uid, accession, at, examined, with_documents } = arrival;
        let person = patient
            .person
            .and_then(|number| self.region.people.iter().find(|person| person.number == number));
        let subject = person.map_or(STRANGER, |person| Subject {
            family: person.family,
            given: person.given,
            birth_day: person.birth.0,
            is_woman: person.is_woman,
        });
        let spec = self.spec();
        let doctor = DOCTORS.get((self.studies.len() + self.server) % DOCTORS.len());
        self.studies.push(Study {
            server: self.server,
            patient: patient.clone(),
            subject,
            series: series(examined, &uid, spec, self.plan, with_documents),
            uid,
            accession,
            at,
            examined,
            order: None,
            encoding: spec.encoding,
            institution: spec.facility_name(),
            doctor: doctor.copied().unwrap_or(["D1001", "青木", "直樹"]),
            import: None,
            folder: self.folder(),
            corrected: Vec::new(),
            is_moved: false,
        });
    }
}
