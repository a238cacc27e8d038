//! Objects without pixels: key objects, presentation states, reports (PS3.3 A.33, A.35, A.45).

use super::{Header, Studio};
use crate::document::letter;
use crate::images::series::{Content, Series};
use crate::plan::RegionError;
use dicomfile::{DataSet, VR, tags};

/// How many images a selection names.
const SELECTED: usize = 3;

impl Studio<'_> {
    pub(super) fn key_objects(&self, header: &mut Header) -> Result<usize, RegionError> {
        self.selection(header, Header::code("113000", "DCM", "Of Interest"), "説明に用いた画像")
    }

    /// IHE RAD Image Object Change Management, RAD-66.
    pub(super) fn rejection(&self, header: &mut Header) -> Result<usize, RegionError> {
        let title = Header::code("113001", "DCM", "Rejected for Quality Reasons");
        self.selection(header, title, "体動のため使用しない")
    }

    fn selection(
        &self,
        header: &mut Header,
        title: DataSet,
        description: &str,
    ) -> Result<usize, RegionError> {
        let mut template = DataSet::new();
        template.put_str(tags::MAPPING_RESOURCE, "DCMR").put_str(tags::TEMPLATE_IDENTIFIER, "2010");
        let text = self.text_item(
            header,
            Header::code("113012", "DCM", "Key Object Description"),
            description,
        )?;
        let images = self.selected().into_iter().map(|reference| {
            let mut item = DataSet::new();
            item.put_str(tags::RELATIONSHIP_TYPE, "CONTAINS")
                .put_str(tags::VALUE_TYPE, "IMAGE")
                .put_sequence(tags::REFERENCED_SOP_SEQUENCE, vec![reference]);
            item
        });
        let content: Vec<DataSet> = std::iter::once(text).chain(images).collect();
        header
            .set
            .put_str(tags::VALUE_TYPE, "CONTAINER")
            .put_str(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
            .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![title])
            .put_sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![template])
            .put_sequence(tags::CONTENT_SEQUENCE, content)
            .put_sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new())
            .put_sequence(
                tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
                vec![self.evidence()],
            );
        Ok(0)
    }

    pub(super) fn presentation(&self, header: &mut Header) -> Result<usize, RegionError> {
        let middle = self.plan.matrix as f32 / 2.0;
        let radius = middle / 8.0;
        let first: Vec<DataSet> = self.selected().into_iter().take(1).collect();
        let mut circle = DataSet::new();
        let floats = |values: &[f32]| -> Vec<u8> {
            values.iter().flat_map(|value| value.to_le_bytes()).collect()
        };
        circle
            .put_str(tags::GRAPHIC_ANNOTATION_UNITS, "PIXEL")
            .put_number(tags::GRAPHIC_DIMENSIONS, 2)
            .put_number(tags::NUMBER_OF_GRAPHIC_POINTS, 2)
            .put_bytes(
                tags::GRAPHIC_DATA,
                VR::FL,
                floats(&[middle, middle, middle + radius, middle]),
            )
            .put_str(tags::GRAPHIC_TYPE, "CIRCLE")
            .put_str(tags::GRAPHIC_FILLED, "N");
        let mut annotation = DataSet::new();
        annotation
            .put_str(tags::GRAPHIC_LAYER, "FINDINGS")
            .put_sequence(tags::REFERENCED_IMAGE_SEQUENCE, first.clone())
            .put_sequence(tags::GRAPHIC_OBJECT_SEQUENCE, vec![circle]);
        let mut layer = DataSet::new();
        layer.put_str(tags::GRAPHIC_LAYER, "FINDINGS").put_number(tags::GRAPHIC_LAYER_ORDER, 1);
        let longs = |values: [i32; 2]| -> Vec<u8> {
            values.iter().flat_map(|value| value.to_le_bytes()).collect()
        };
        let mut area = DataSet::new();
        area.put_bytes(tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER, VR::SL, longs([1, 1]))
            .put_bytes(
                tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER,
                VR::SL,
                longs([self.plan.matrix as i32; 2]),
            )
            .put_str(tags::PRESENTATION_SIZE_MODE, "SCALE TO FIT")
            .put_str(tags::PRESENTATION_PIXEL_ASPECT_RATIO, "1\\1");
        let mut window = DataSet::new();
        window.put_str(tags::WINDOW_CENTER, "60").put_str(tags::WINDOW_WIDTH, "250");
        header.text(tags::CONTENT_DESCRIPTION, "病変の位置")?;
        header
            .set
            .put_str(tags::CONTENT_LABEL, "FINDING")
            .put_str(tags::PRESENTATION_CREATION_DATE, &self.study.at.day().digits())
            .put_str(tags::PRESENTATION_CREATION_TIME, "170000")
            .put_str(tags::CONTENT_CREATOR_NAME, "")
            .put_sequence(tags::REFERENCED_SERIES_SEQUENCE, vec![self.referenced_series(1)])
            .put_sequence(tags::GRAPHIC_ANNOTATION_SEQUENCE, vec![annotation])
            .put_sequence(tags::GRAPHIC_LAYER_SEQUENCE, vec![layer])
            .put_sequence(tags::DISPLAYED_AREA_SELECTION_SEQUENCE, vec![area])
            .put_sequence(tags::SOFTCOPY_VOILUT_SEQUENCE, vec![window])
            .put_str(tags::PRESENTATION_LUT_SHAPE, "IDENTITY");
        Ok(0)
    }

    pub(super) fn report(&self, header: &mut Header) -> Result<usize, RegionError> {
        let findings = self.text_item(
            header,
            Header::code("121071", "DCM", "Finding"),
            "指摘の部位に結節を認める。前回と比較し著変なし。",
        )?;
        let conclusion = self.text_item(
            header,
            Header::code("121077", "DCM", "Conclusion"),
            "経過観察を勧めます。",
        )?;
        header
            .set
            .put_str(tags::VALUE_TYPE, "CONTAINER")
            .put_str(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
            .put_str(tags::COMPLETION_FLAG, "COMPLETE")
            .put_str(tags::VERIFICATION_FLAG, "UNVERIFIED")
            .put_sequence(
                tags::CONCEPT_NAME_CODE_SEQUENCE,
                vec![Header::code("18748-4", "LN", "Diagnostic imaging study")],
            )
            .put_sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, Vec::new())
            .put_sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new())
            .put_sequence(
                tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
                vec![self.evidence()],
            )
            .put_sequence(tags::CONTENT_SEQUENCE, vec![findings, conclusion]);
        Ok(0)
    }

    pub(super) fn pdf(&self, header: &mut Header) -> Result<usize, RegionError> {
        let letter = letter("Imaging report", &self.study.accession, &self.study.at.day().digits());
        header.text(tags::DOCUMENT_TITLE, self.series.description)?;
        header
            .set
            .put_str(tags::BURNED_IN_ANNOTATION, "YES")
            .put_str(tags::CONVERSION_TYPE, "WSD")
            .put_str(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, "application/pdf")
            .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, Vec::new())
            .put_number(tags::ENCAPSULATED_DOCUMENT_LENGTH, letter.len() as i64)
            .put_bytes(tags::ENCAPSULATED_DOCUMENT, VR::OB, letter);
        Ok(0)
    }

    fn text_item(
        &self,
        header: &Header,
        concept: DataSet,
        text: &str,
    ) -> Result<DataSet, RegionError> {
        let mut item = header.item();
        item.text(tags::TEXT_VALUE, text)?;
        item.set
            .put_str(tags::RELATIONSHIP_TYPE, "CONTAINS")
            .put_str(tags::VALUE_TYPE, "TEXT")
            .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![concept]);
        Ok(item.set)
    }

    /// The first images of the study, as references.
    fn selected(&self) -> Vec<DataSet> {
        self.images().map(|series| references(series, SELECTED)).next().unwrap_or_default()
    }

    fn images(&self) -> impl Iterator<Item = &Series> {
        self.study.series.iter().filter(|series| {
            !matches!(
                series.content,
                Content::KeyObjects
                    | Content::Rejection
                    | Content::Presentation
                    | Content::Report
                    | Content::Pdf
            )
        })
    }

    fn referenced_series(&self, count: usize) -> DataSet {
        let mut item = DataSet::new();
        if let Some(series) = self.images().next() {
            item.put_str(tags::SERIES_INSTANCE_UID, &series.uid);
            let tag = match self.series.content {
                Content::Presentation => tags::REFERENCED_IMAGE_SEQUENCE,
                _ => tags::REFERENCED_SOP_SEQUENCE,
            };
            item.put_sequence(tag, references(series, count));
        }
        item
    }

    fn evidence(&self) -> DataSet {
        let mut study = DataSet::new();
        study
            .put_str(tags::STUDY_INSTANCE_UID, &self.study.uid)
            .put_sequence(tags::REFERENCED_SERIES_SEQUENCE, vec![self.referenced_series(SELECTED)]);
        study
    }
}

fn references(series: &Series, count: usize) -> Vec<DataSet> {
    let places = 0..series.count.min(count);
    let reference = |place: usize| {
        let mut item = DataSet::new();
        item.put_str(tags::REFERENCED_SOP_CLASS_UID, series.content.sop_class())
            .put_str(tags::REFERENCED_SOP_INSTANCE_UID, &series.instance_uid(place));
        item
    };
    places.map(reference).collect()
}
