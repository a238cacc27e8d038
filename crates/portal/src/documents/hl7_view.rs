//! An HL7 v2 message as readable tables: one per segment, fields with their names.

use super::field_names::{field_name, segment_name};
use hl7v2::{Message, Segment};
use model::limits::RENDERED_SEGMENTS;

/// A segment.
pub struct SegmentView {
    /// `OBX`
    pub name: String,
    /// `検査結果`
    pub meaning: &'static str,
    /// Its number in the message, from 1.
    pub number: usize,
    /// Fields that were sent.
    pub fields: Vec<FieldView>,
}

/// A field.
pub struct FieldView {
    /// `OBX-5`
    pub place: String,
    /// `検査値`
    pub meaning: &'static str,
    /// Its repetitions: components in the order sent.
    pub repetitions: Vec<String>,
}

/// The segments of a message, up to the limit, and how many there are.
pub fn segments(message: &Message) -> (Vec<SegmentView>, usize) {
    let limit = usize::try_from(RENDERED_SEGMENTS).unwrap_or(usize::MAX);
    let views = message.segments().take(limit).enumerate();
    (views.map(|(place, segment)| view(place, &segment)).collect(), message.segment_count())
}

fn view(place: usize, segment: &Segment<'_>) -> SegmentView {
    let name = segment.name();
    let fields = segment
        .fields()
        .filter(|(_, field)| !field.is_empty())
        .map(|(number, field)| {
            let whole = name == "MSH" && number <= 2;
            let repetitions = if whole {
                vec![field.raw().to_owned()]
            } else {
                field.repetitions().map(|it| repetition(&it)).collect()
            };
            FieldView {
                place: format!("{name}-{number}"),
                meaning: field_name(name, number),
                repetitions,
            }
        })
        .collect();
    SegmentView { name: name.to_owned(), meaning: segment_name(name), number: place + 1, fields }
}

/// The components that were sent, with a mark between them; an explicit null says so.
fn repetition(repetition: &hl7v2::Repetition<'_>) -> String {
    if repetition.is_null() {
        return "\"\"".to_owned();
    }
    let parts: Vec<String> = repetition
        .components()
        .map(|component| {
            let subs: Vec<String> =
                component.subcomponents().map(|sub| sub.text().into_owned()).collect();
            subs.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" & ")
        })
        .filter(|text| !text.is_empty())
        .collect();
    parts.join(" │ ")
}
