//! A gateway over the real archive, a listener for what C-MOVE sends, patients, studies.

use super::pacs::{Pacs, serve};
use crate::common::World as Plain;
use crate::common::centre::{Centre, Feed};
use dicomfile::{DataSet, VR, tags, uids};
use dimse::{
    Acceptance, Association, AssociationRequest, ContextAnswer, IncomingData, ReceivedInstance,
    Rejection, Service, Status, is_storage_class,
};
use futures::StreamExt;
use gateway::{
    Codes, Gateway, GatewayError, ImageSettings, Images, NewDicomSource, Parts, PullControl,
    PullCounts, QuarantineFilter, Source, SourceSettings,
};
use imaging::Archive;
use model::demographics::{Demographics, PersonName};
use model::{Clock, CommunityId, PartialTime};
use net::{ClientConfig, Dialer};
use ports::{AnnouncedInstance, InstanceOrigin, InstanceSink};
use std::net::SocketAddr;
use std::sync::Arc;
use store::StoreError;
use store::person::{self, NewDemographics, Said};
use store::study::{self, StudyRow};
use testkit::{CountingIds, ManualClock};

pub const DOMAIN: &str = "1.2.392.100495.20.3.51.11310000001.2";
pub const PACS: &str = "north-pacs";
pub const TARO: &str = "0000012345";
pub const HANAKO: &str = "0000067890";

/// Everything of one test.
pub struct World {
    pub plain: Plain,
    pub pacs: Pacs,
    pub gateway: Gateway,
    pub archive: Archive,
    /// Where C-MOVE sends to us.
    pub ours: SocketAddr,
}

/// Gives what C-MOVE sends to the archive, as the centre's own service does.
#[derive(Clone)]
struct Receiving(Archive);

impl Service for Receiving {
    async fn accept(&self, asked: &AssociationRequest) -> Result<Acceptance, Rejection> {
        let answer = |context: &dimse::ProposedContext| ContextAnswer::first(context, |_| true);
        Ok(Acceptance::of(&asked.request, answer, is_storage_class))
    }

    async fn store(
        &self,
        _: &Association,
        instance: &ReceivedInstance,
        data: &mut IncomingData<'_>,
    ) -> Status {
        let origin = InstanceOrigin {
            source: PACS.into(),
            asked_patient: None,
            announced: Some(AnnouncedInstance {
                sop_class_uid: instance.class.clone(),
                sop_instance_uid: instance.instance.clone(),
                transfer_syntax_uid: instance.transfer_syntax.clone(),
            }),
            actor: instance.source_title.clone(),
        };
        let bytes = data.collect("instance", 64 << 20).await.unwrap();
        let pieces = futures::stream::iter([Ok(bytes)]).boxed();
        match self.0.receive(&origin, pieces).await {
            Ok(_) => Status::SUCCESS,
            Err(_) => Status::NOT_AUTHORIZED,
        }
    }
}

impl World {
    /// A world whose server is ours.
    pub async fn new() -> World {
        World::with(|_| {}).await
    }

    /// A world whose server is ours and whose source is changed before it is added.
    pub async fn with(change: impl FnOnce(&mut SourceSettings)) -> World {
        let pacs = Pacs::default();
        let address = pacs.serve().await;
        World::at(pacs, address.port(), change).await
    }

    /// A world whose server listens at a port.
    pub async fn at(pacs: Pacs, port: u16, change: impl FnOnce(&mut SourceSettings)) -> World {
        let plain = Plain::new();
        let clock: Arc<ManualClock> = Arc::clone(&plain.clock);
        let archive = Archive::new(plain.store.store(), clock.clone());
        let ours = serve(Receiving(archive.clone())).await;
        pacs.state().destination = Some(ours);
        let gateway = gateway_over(&plain, &archive);
        let world = World { plain, pacs, gateway, archive, ours };
        let mut settings = NewDicomSource::settings();
        change(&mut settings);
        let new = NewDicomSource {
            name: PACS.into(),
            facility_code: crate::common::FACILITY.into(),
            domain_oid: DOMAIN.into(),
            ae_title: "PACS".into(),
            our_ae_title: String::new(),
            host: "127.0.0.1".into(),
            port,
            is_tls: false,
            fingerprint: String::new(),
            settings,
        };
        let now = world.plain.clock.now();
        let added =
            world.plain.store.write_blocking(move |tx| gateway::add_dicom_source(tx, &new, now));
        let _: Source = added.unwrap();
        world
    }

    /// Enrols a patient in the server's domain, as a man born in 1961 unless said otherwise.
    pub fn enrol(&self, patient: &str, serial: u64) {
        self.enrol_in(DOMAIN, patient, serial, &taro());
    }

    pub fn enrol_in(&self, domain: &str, patient: &str, serial: u64, said: &Demographics) {
        let (domain, patient) = (domain.to_owned(), patient.to_owned());
        let (said, now) = (said.clone(), self.plain.clock.now());
        let community = CommunityId::from_serial(serial);
        let enrolled = self.plain.store.write_blocking(move |tx| -> Result<(), StoreError> {
            let domain = person::domain_by_oid(tx, &domain)?.unwrap();
            let person = person::insert_person(tx, &community, now)?.unwrap();
            let id = person::insert_identity(tx, domain, &patient, person, now)?.unwrap();
            let new = NewDemographics {
                identity_id: id,
                demographics: &said,
                sent: "20260101",
                authoritative: true,
                said: &Said::default(),
                birth_day: None,
                tokens: &[],
            };
            person::set_demographics(tx, &new, now)?;
            person::put_enrolment(tx, id, now, "test")
        });
        enrolled.unwrap();
    }

    pub async fn pull(&self) -> PullCounts {
        self.try_pull().await.unwrap()
    }

    pub async fn try_pull(&self) -> Result<PullCounts, GatewayError> {
        self.gateway.pull(PACS, &PullControl::default()).await
    }

    /// The studies of a patient of the server.
    pub fn studies(&self, patient: &str) -> Vec<StudyRow> {
        let patient = patient.to_owned();
        let read = self.plain.store.read_blocking(move |tx| -> Result<_, StoreError> {
            let identity = person::identity_by_local_id(tx, DOMAIN, &patient)?.unwrap();
            let source = store::source::source_by_name(tx, PACS)?.unwrap();
            study::studies_of_patient(tx, identity.id, source.id)
        });
        read.unwrap()
    }

    /// SOP Instance UIDs that people see of a study.
    pub fn shown(&self, study: &StudyRow) -> Vec<String> {
        let id = study.id;
        let read = self.plain.store.read_blocking(move |tx| -> Result<_, StoreError> {
            study::instances_of_study(tx, id, 0, 10_000)
        });
        let mut uids: Vec<String> =
            read.unwrap().into_iter().map(|one| one.said.sop_instance_uid).collect();
        uids.sort();
        uids
    }

    /// Reasons in quarantine, with their places.
    pub async fn quarantine(&self) -> Vec<(String, String)> {
        let items = self.gateway.quarantine(&QuarantineFilter::default()).await.unwrap();
        items.into_iter().map(|item| (item.row.reason, item.place)).collect()
    }
}

/// Another gateway over the same state, as another process would have it.
pub fn gateway_over(plain: &Plain, archive: &Archive) -> Gateway {
    Gateway::new(Parts {
        store: plain.store.store(),
        sink: Arc::new(Centre::default()),
        feed: Arc::clone(&plain.feed) as Arc<Feed>,
        clock: plain.clock.clone(),
        ids: Arc::new(CountingIds::new()),
        codes: Arc::new(Codes::built_in().unwrap()),
        repository_oid: "1.3.6.1.4.1.21367.2010.1.2.1".into(),
        images: Some(Images {
            sink: Arc::new(archive.clone()),
            dialer: Dialer::new(ClientConfig::default()).unwrap(),
            ae_title: "MUSUBI".into(),
        }),
        disk_directories: vec![plain.store.directory().to_owned()],
        disk_free_bytes_min: 1,
    })
}

pub fn taro() -> Demographics {
    let name =
        |family: &str, given: &str| PersonName { family: family.into(), given: given.into() };
    Demographics {
        name: name("山田", "太郎"),
        kana: name("ヤマダ", "タロウ"),
        birth: PartialTime::japan("19610203").ok(),
        sex: "M".into(),
        ..Demographics::default()
    }
}

/// A slice of a CT series of Taro's.
pub fn slice(patient: &str, study: &str, series: u32, number: u32) -> DataSet {
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .put_str(tags::SOP_CLASS_UID, uids::CT_IMAGE_STORAGE)
        .put_str(tags::SOP_INSTANCE_UID, &format!("{study}.{series}.{number}"))
        .put_str(tags::STUDY_DATE, "20240102")
        .put_str(tags::STUDY_TIME, "101500")
        .put_str(tags::MODALITY, "CT")
        .put_str(tags::PATIENT_NAME, "YAMADA^TARO=山田^太郎")
        .put_str(tags::PATIENT_ID, patient)
        .put_str(tags::PATIENT_BIRTH_DATE, "19610203")
        .put_str(tags::PATIENT_SEX, "M")
        .put_str(tags::STUDY_INSTANCE_UID, study)
        .put_str(tags::STUDY_ID, "1")
        .put_str(tags::SERIES_INSTANCE_UID, &format!("{study}.{series}"))
        .put_str(tags::SERIES_NUMBER, &series.to_string())
        .put_str(tags::INSTANCE_NUMBER, &number.to_string())
        .put_number(tags::ROWS, 4)
        .put_number(tags::COLUMNS, 4)
        .put_bytes(tags::PIXEL_DATA, VR::OW, vec![u8::try_from(number % 251).unwrap(); 32]);
    set
}

/// A study of so many slices in each series.
pub fn study_of(patient: &str, study: &str, counts: &[u32]) -> Vec<DataSet> {
    let series = (1_u32..).zip(counts);
    series
        .flat_map(|(series, count)| (1..=*count).map(move |number| (series, number)))
        .map(|(series, number)| slice(patient, study, series, number))
        .collect()
}

/// Settings of images that are changed.
pub fn images(change: impl FnOnce(&mut ImageSettings)) -> impl FnOnce(&mut SourceSettings) {
    |settings| change(&mut settings.images)
}
