//! Examining the primary file of a content folder (extended storage).

use crate::derive::{document_report, text_flags};
use crate::examine::{Examined, Expected, TitleParts, check_patient, refusal};
use crate::flags::Flags;
use crate::layout::DataKind;
use crate::people;
use crate::times::Times;
use crate::{MIME_TYPE, codes};
use hl7v2::{Message, Segment};
use model::demographics::Demographics;
use model::limits::SSMIX2_FILE_BYTES;
use model::reason::Reason;
use model::{Coded, PartialTime};

/// Examines the primary file of a content folder. What it holds is any kind of document; only an
/// HL7 v2 message says here whose it is, and must then be of the folder's patient.
///
/// # Errors
/// The reason for quarantine and a sentence for the operator, as [`crate::examine`].
pub fn examine_extended(
    bytes: &[u8],
    mime_type: &str,
    kind: &DataKind,
    expected: &Expected<'_>,
) -> Result<Examined, (Reason, String)> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err((Reason::Empty, "nothing in it".to_owned()));
    }
    if bytes.len() as u64 > SSMIX2_FILE_BYTES {
        let detail = format!("{} bytes, more than the limit of {SSMIX2_FILE_BYTES}", bytes.len());
        return Err((Reason::TooLarge, detail));
    }
    let mut times = Times::new(expected.sent);
    let mut demographics = Demographics::default();
    let report = if mime_type == MIME_TYPE {
        let message = Message::parse(bytes).map_err(refusal)?;
        let segments: Vec<Segment<'_>> = message.segments().collect();
        check_patient(&segments, bytes, expected.patient_id)?;
        if let Some(pid) = message.segment("PID") {
            demographics = people::demographics(&pid, &mut times);
        }
        message.report().clone()
    } else {
        document_report(bytes, mime_type)
    };
    let mut flags = Flags::default();
    text_flags(&report, &mut flags);
    let day = PartialTime::japan(expected.care_date).ok();
    let department = match expected.department {
        "" | "-" => Coded::default(),
        code => codes::plain(code),
    };
    Ok(Examined {
        service_start: day.clone(),
        service_stop: None,
        author: None,
        institution_name: String::new(),
        inpatient: None,
        reference_ids: Vec::new(),
        modality: Coded::default(),
        demographics,
        is_delete_message: false,
        message_type: String::new(),
        structure: String::new(),
        title: TitleParts::new(kind.document_name(), expected.care_date, &department),
        department,
        report,
        flags: flags.into_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reason::Flag;

    const EXPECTED: Expected<'static> = Expected {
        patient_id: "1234567",
        data_type: "L1^退院時サマリ^99Z^18842-5^退院時サマリー^LN",
        care_date: "20240405",
        order_key: "1",
        sent: "20240405101112000",
        department: "-",
    };

    fn examined(bytes: &[u8], mime_type: &str) -> Result<Examined, Reason> {
        let kind = DataKind::parse(EXPECTED.data_type);
        examine_extended(bytes, mime_type, &kind, &EXPECTED).map_err(|(reason, _)| reason)
    }

    #[test]
    fn a_document_of_any_kind_is_taken_with_its_name() {
        let taken = examined(b"%PDF-1.7 ...", "application/pdf").unwrap();
        assert_eq!(taken.title.compose(), "退院時サマリ 2024-04-05");
        assert_eq!(taken.flags, []);
        assert_eq!(examined(b" \r\n", "application/pdf").unwrap_err(), Reason::Empty);
    }

    #[test]
    fn a_text_in_another_set_than_declared_is_remarked_upon() {
        let mut xml = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>".to_vec();
        xml.extend(text::encode("退院時要約", text::CharacterSet::Cp932).unwrap());
        xml.extend(b"</a>");
        assert_eq!(examined(&xml, "text/xml").unwrap().flags, [Flag::CharacterSetDiffers]);
    }

    #[test]
    fn a_message_of_another_patient_is_refused_here_too() {
        let message = |id: &str| format!("MSH|^~\\&|A\rPID|1||{id}^^^^PI\rOBX|1\r");
        assert!(examined(message("1234567").as_bytes(), MIME_TYPE).is_ok());
        let refused = examined(message("7654321").as_bytes(), MIME_TYPE);
        assert_eq!(refused.unwrap_err(), Reason::PatientMismatch);
    }
}
