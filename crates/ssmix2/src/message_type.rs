//! Which messages belong into which data type's folder (MSH-9), and which of them cancel.

use hl7v2::Segment;
use model::DataType;

/// What a message is within its data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// New or updated.
    Record,
    /// A cancel event: the item is deleted.
    Cancel,
}

/// Message code, events and cancel events of a data type (guideline's table of data types).
///
/// Outside of ADT the event is not compared: one message code has one event there, and sites
/// leave it out. Within ADT the event is the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// MSH-9.1.
    pub code: &'static str,
    /// MSH-9.2 of new and updated items; the first is the guideline's, the others are what sites
    /// send in its place.
    pub events: &'static [&'static str],
    /// MSH-9.2 of cancellations.
    pub cancel_events: &'static [&'static str],
}

/// What the guideline expects in the folder of a data type.
pub fn expectation(data_type: DataType) -> Expectation {
    use DataType as T;
    let (code, events, cancel_events): (_, &[&str], &[&str]) = match data_type {
        T::Adt00 => ("ADT", &["A08", "A28", "A31"], &["A23", "A29"]),
        T::Adt01 => ("ADT", &["A54"], &["A55"]),
        T::Adt12 => ("ADT", &["A04", "A01"], &["A11"]),
        T::Adt21 => ("ADT", &["A14", "A05"], &["A27", "A38"]),
        T::Adt22 => ("ADT", &["A01"], &["A11"]),
        T::Adt31 => ("ADT", &["A21"], &["A52"]),
        T::Adt32 => ("ADT", &["A22"], &["A53"]),
        T::Adt41 => ("ADT", &["A15"], &["A26"]),
        T::Adt42 => ("ADT", &["A02"], &["A12"]),
        T::Adt51 => ("ADT", &["A16"], &["A25"]),
        T::Adt52 => ("ADT", &["A03"], &["A13"]),
        T::Adt61 => ("ADT", &["A60"], &[]),
        T::Ppr01 => ("PPR", &["ZD1"], &[]),
        T::Omd => ("OMD", &["O03"], &[]),
        T::Omp01 | T::Omp02 => ("RDE", &["O11"], &[]),
        T::Omp11 | T::Omp12 => ("RAS", &["O17"], &[]),
        T::Oml01 => ("OML", &["O33"], &[]),
        T::Oml11 => ("OUL", &["R22"], &[]),
        T::Omg01 | T::Omg02 | T::Omg03 => ("OMG", &["O19"], &[]),
        T::Omg11 | T::Omg12 => ("OMI", &["Z23"], &[]),
        T::Omg13 => ("ORU", &["R01"], &[]),
    };
    Expectation { code, events, cancel_events }
}

/// The purpose of a message in a data type's folder; `None` if it does not belong there.
pub fn purpose(data_type: DataType, code: &str, event: &str) -> Option<Purpose> {
    let expected = expectation(data_type);
    if !code.eq_ignore_ascii_case(expected.code) {
        return None;
    }
    let named = |events: &[&str]| events.iter().any(|known| event.eq_ignore_ascii_case(known));
    if named(expected.cancel_events) {
        Some(Purpose::Cancel)
    } else if named(expected.events) || expected.code != "ADT" {
        Some(Purpose::Record)
    } else {
        None
    }
}

/// Message code and event (MSH-9.1, MSH-9.2).
pub(crate) fn message_type(header: &Segment<'_>) -> (String, String) {
    let field = header.field(9);
    let part = |number: u32| field.component(number).text().trim().to_owned();
    (part(1), part(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_another_folder_does_not_belong() {
        assert_eq!(purpose(DataType::Adt22, "ADT", "A01"), Some(Purpose::Record));
        assert_eq!(purpose(DataType::Adt22, "ADT", "A11"), Some(Purpose::Cancel));
        assert_eq!(purpose(DataType::Adt52, "ADT", "A01"), None);
        assert_eq!(purpose(DataType::Adt22, "RDE", "O11"), None);
        assert_eq!(purpose(DataType::Oml11, "OUL", "R22"), Some(Purpose::Record));
        assert_eq!(purpose(DataType::Oml11, "ORU", "R01"), None);
        assert_eq!(purpose(DataType::Omp01, "RDE", ""), Some(Purpose::Record));
    }

    #[test]
    fn every_cancel_event_of_the_guideline_cancels_somewhere() {
        for event in ["A11", "A12", "A13", "A23", "A25", "A26", "A27", "A52", "A53", "A55"] {
            let cancels =
                |data_type: &DataType| purpose(*data_type, "ADT", event) == Some(Purpose::Cancel);
            assert!(DataType::ALL.iter().any(cancels), "{event}");
        }
    }
}
