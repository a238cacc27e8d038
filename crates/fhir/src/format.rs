//! In which notation a resource comes and goes (FHIR R4 3.1.0.1.9).

use crate::element::Element;
use crate::error::FhirError;
use crate::{json_reader, json_writer, xml_reader, xml_writer};

/// A notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/fhir+json`.
    Json,
    /// `application/fhir+xml`.
    Xml,
}

impl Format {
    /// The notation of a media type, or of a short name as `_format` has it.
    pub fn of(media_type: &str) -> Option<Format> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            // A plus sign that was not encoded in an address reads as a blank.
            "application/fhir+json"
            | "application/fhir json"
            | "application/json"
            | "application/json+fhir"
            | "text/json"
            | "json" => Some(Format::Json),
            "application/fhir+xml"
            | "application/fhir xml"
            | "application/xml"
            | "application/xml+fhir"
            | "text/xml"
            | "xml" => Some(Format::Xml),
            _ => None,
        }
    }

    /// The notation that an `Accept` header likes best; `None` where it takes neither.
    pub fn accepted(header: &str) -> Option<Format> {
        let mut best: Option<(Format, u32)> = None;
        for one in header.split(',') {
            let is_any = matches!(essence(one).as_str(), "*/*" | "application/*" | "");
            let format = if is_any { Some(Format::Json) } else { Format::of(one) };
            let Some(format) = format else { continue };
            let weight = weight(one);
            if weight > 0 && best.is_none_or(|(_, known)| weight > known) {
                best = Some((format, weight));
            }
        }
        best.map(|(format, _)| format)
    }

    /// The media type with its character set.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/fhir+json; charset=utf-8",
            Format::Xml => "application/fhir+xml; charset=utf-8",
        }
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// A limit passed, or bytes that are no resource in this notation.
    pub fn read(self, bytes: &[u8]) -> Result<Element, FhirError> {
        match self {
            Format::Json => json_reader::read(bytes),
            Format::Xml => xml_reader::read(bytes),
        }
    }

    /// Writes a resource.
    pub fn write(self, resource: &Element) -> Vec<u8> {
        match self {
            Format::Json => json_writer::write(resource),
            Format::Xml => xml_writer::write(resource),
        }
    }
}

fn essence(media_range: &str) -> String {
    media_range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The weight of a media range in thousandths (RFC 9110 12.4.2).
fn weight(media_range: &str) -> u32 {
    let said = media_range.split(';').skip(1).find_map(|part| part.trim().strip_prefix("q="));
    let said = said.and_then(|text| text.trim().parse::<f32>().ok());
    said.map_or(1_000, |weight| (weight.clamp(0.0, 1.0) * 1_000.0) as u32)
}
