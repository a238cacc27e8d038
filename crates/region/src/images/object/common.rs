//! What every object has: patient, study, series, equipment (PS3.3 C.7.1 to C.7.5).

use crate::day::Day;
use crate::images::encoding::TextEncoding;
use crate::images::series::Series;
use crate::images::server::SERVERS;
use crate::images::study::{Import, Study};
use crate::plan::RegionError;
use dicomfile::{DataSet, Tag, tags, vr_of};

/// A data set with the way in which its text is written.
pub(crate) struct Header {
    pub(crate) set: DataSet,
    encoding: TextEncoding,
}

impl Header {
    /// The attributes that objects of every kind have.
    pub(crate) fn new(study: &Study, series: &Series, place: usize) -> Result<Header, RegionError> {
        let mut header = Header { set: DataSet::new(), encoding: study.encoding };
        if let Some(declared) = study.encoding.declared() {
            header.set.put_str(tags::SPECIFIC_CHARACTER_SET, declared);
        }
        header.patient(study)?;
        header.study(study)?;
        header.series(study, series, place)?;
        header.equipment(study, series)?;
        if let Some(import) = &study.import {
            header.import(study, import)?;
        }
        let instance = series.instance_uid(place);
        header
            .set
            .put_str(tags::SOP_CLASS_UID, series.content.sop_class())
            .put_str(tags::SOP_INSTANCE_UID, &instance);
        if study.corrected.contains(&(series.number, place)) {
            header.text(tags::IMAGE_COMMENTS, "左右を訂正")?;
        }
        Ok(header)
    }

    /// Puts text in the character set of the study.
    pub(crate) fn text(&mut self, tag: Tag, text: &str) -> Result<(), RegionError> {
        let bytes = self.encoding.text_bytes(text)?;
        self.set.put_bytes(tag, vr_of(tag), bytes);
        Ok(())
    }

    /// Puts a name in the character set of the study.
    pub(crate) fn name(&mut self, tag: Tag, name: &str) -> Result<(), RegionError> {
        let bytes = self.encoding.name_bytes(name)?;
        self.set.put_bytes(tag, vr_of(tag), bytes);
        Ok(())
    }

    /// An item of a sequence whose text is that of the study.
    pub(crate) fn item(&self) -> Header {
        Header { set: DataSet::new(), encoding: self.encoding }
    }

    /// A coded concept (PS3.3 8.8) as an item; its meaning is in plain letters.
    pub(crate) fn code(value: &str, scheme: &str, meaning: &str) -> DataSet {
        let mut item = DataSet::new();
        item.put_str(tags::CODE_VALUE, value)
            .put_str(tags::CODING_SCHEME_DESIGNATOR, scheme)
            .put_str(tags::CODE_MEANING, meaning);
        item
    }

    fn patient(&mut self, study: &Study) -> Result<(), RegionError> {
        let subject = &study.subject;
        self.name(tags::PATIENT_NAME, &study.encoding.name(subject.name()))?;
        let birth = Day(subject.birth_day);
        let age = (study.at.day().0 - birth.0) / 365;
        self.set
            .put_str(tags::PATIENT_ID, &study.patient.patient_id)
            .put_str(tags::PATIENT_BIRTH_DATE, &birth.digits())
            .put_str(tags::PATIENT_SEX, if subject.is_woman { "F" } else { "M" })
            .put_str(tags::PATIENT_AGE, &format!("{age:03}Y"));
        Ok(())
    }

    fn study(&mut self, study: &Study) -> Result<(), RegionError> {
        self.text(tags::STUDY_DESCRIPTION, study.examined.title())?;
        let [_, family, given] = study.doctor;
        self.name(tags::REFERRING_PHYSICIAN_NAME, &format!("={family}^{given}"))?;
        let number = study.accession.trim_start_matches(|c: char| !c.is_ascii_digit());
        self.set
            .put_str(tags::STUDY_INSTANCE_UID, &study.uid)
            .put_str(tags::STUDY_DATE, &study.at.day().digits())
            .put_str(tags::STUDY_TIME, study.at.seconds().get(8..).unwrap_or_default())
            .put_str(tags::ACCESSION_NUMBER, &study.accession)
            .put_str(tags::STUDY_ID, number);
        Ok(())
    }

    fn series(&mut self, study: &Study, series: &Series, place: usize) -> Result<(), RegionError> {
        self.text(tags::SERIES_DESCRIPTION, series.description)?;
        let begun = study.at.plus_minutes(3 * series.number as i64);
        let taken = begun.plus_ms(1_500 * place as i64);
        let time =
            |moment: crate::day::Moment| moment.seconds().get(8..).unwrap_or_default().to_owned();
        self.set
            .put_str(tags::MODALITY, series.modality)
            .put_str(tags::SERIES_INSTANCE_UID, &series.uid)
            .put_number(tags::SERIES_NUMBER, series.number as i64)
            .put_number(tags::INSTANCE_NUMBER, place as i64 + 1)
            .put_str(tags::SERIES_DATE, &begun.day().digits())
            .put_str(tags::SERIES_TIME, &time(begun))
            .put_str(tags::CONTENT_DATE, &taken.day().digits())
            .put_str(tags::CONTENT_TIME, &time(taken));
        if !series.body_part.is_empty() {
            self.set.put_str(tags::BODY_PART_EXAMINED, series.body_part);
        }
        Ok(())
    }

    fn equipment(&mut self, study: &Study, series: &Series) -> Result<(), RegionError> {
        self.text(tags::INSTITUTION_NAME, study.institution)?;
        self.text(tags::INSTITUTIONAL_DEPARTMENT_NAME, "放射線科")?;
        let station = format!("{}{:02}", series.modality, study.server + 1);
        let model = format!("Kozue {} 64", series.modality);
        self.set
            .put_str(tags::MANUFACTURER, "Aoba Medical Systems")
            .put_str(tags::MANUFACTURER_MODEL_NAME, &model)
            .put_str(tags::STATION_NAME, &station)
            .put_str(tags::DEVICE_SERIAL_NUMBER, "10442")
            .put_str(tags::SOFTWARE_VERSIONS, "V5.1");
        Ok(())
    }

    /// The importer names itself as a contributor and, as such devices do, as the station; what
    /// it changed of another hospital's study it keeps (PS3.3 C.12.1: Contributing Equipment and
    /// Original Attributes Sequence).
    fn import(&mut self, study: &Study, import: &Import) -> Result<(), RegionError> {
        let server = SERVERS.get(study.server);
        let mut device = self.item();
        device
            .set
            .put_str(tags::MANUFACTURER, "Kakehashi Media")
            .put_str(tags::MANUFACTURER_MODEL_NAME, "CD-Import 3")
            .put_str(tags::STATION_NAME, "CDIMP01")
            .put_str(tags::SOFTWARE_VERSIONS, "3.2.0")
            .put_sequence(
                tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
                vec![Header::code("MEDIM", "DCM", "Portable Media Importer Equipment")],
            );
        device.text(tags::INSTITUTION_NAME, server.map_or("", |one| one.facility_name()))?;
        self.set
            .put_str(tags::STATION_NAME, "CDIMP01")
            .put_sequence(tags::CONTRIBUTING_EQUIPMENT_SEQUENCE, vec![device.set]);
        if let Some((_, patient_id)) = &import.original {
            let mut before = DataSet::new();
            before.put_str(tags::PATIENT_ID, patient_id);
            let mut change = DataSet::new();
            change
                .put_sequence(tags::MODIFIED_ATTRIBUTES_SEQUENCE, vec![before])
                .put_str(
                    tags::ATTRIBUTE_MODIFICATION_DATE_TIME,
                    &study.at.plus_minutes(8 * 24 * 60).seconds(),
                )
                .put_str(tags::MODIFYING_SYSTEM, "CDIMP01")
                .put_str(tags::SOURCE_OF_PREVIOUS_VALUES, "")
                .put_str(tags::REASON_FOR_THE_ATTRIBUTE_MODIFICATION, "COERCE");
            self.set.put_sequence(tags::ORIGINAL_ATTRIBUTES_SEQUENCE, vec![change]);
        }
        Ok(())
    }
}
