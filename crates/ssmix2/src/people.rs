//! People in messages: patients (XPN, XAD, XTN) and staff (XCN).

use hl7v2::{Field, Repetition, Segment};
use model::demographics::{Demographics, PersonName, Representation, names_by_representation};
use model::hl7::Person;

use crate::codes::bounded;
use crate::times::Times;

/// What PID says of the patient, for whoever takes demographics without a document. Digits that
/// are no time give none.
pub fn patient(pid: &Segment<'_>) -> Demographics {
    demographics(pid, &mut Times::default())
}

/// What PID says of the patient.
pub(crate) fn demographics(pid: &Segment<'_>, times: &mut Times) -> Demographics {
    let (name, kana) = names(pid.field(5));
    let (postal_code, address) = address(pid.field(11));
    let phones = [13, 14].into_iter().flat_map(|number| phones(pid.field(number))).collect();
    Demographics {
        name,
        kana,
        birth: times.read(pid.field(7)),
        sex: pid.field(8).first().component(1).text().into_owned(),
        postal_code,
        address,
        phones,
        death: times.read(pid.field(29)),
    }
}

/// The ideographic name (or the only one sent) and the reading, told apart by the representation
/// code of each repetition, else by script.
pub(crate) fn names(field: Field<'_>) -> (PersonName, PersonName) {
    names_by_representation(
        field
            .repetitions()
            .map(|repetition| (person_name(repetition, 1), representation(repetition, 7))),
    )
}

/// A member of staff (XCN): the ideographic repetition, else the first.
pub(crate) fn staff(field: Field<'_>) -> Option<Person> {
    let ideographic = field.repetitions().find(|repetition| {
        matches!(representation(*repetition, 14), None | Some(Representation::Ideographic))
    });
    let repetition = ideographic.unwrap_or_else(|| field.first());
    let name = person_name(repetition, 2);
    let id = bounded(repetition.component(1).text().into_owned());
    let person = Person { id, family: name.family, given: name.given, ..Person::default() };
    (person != Person::default()).then_some(person)
}

/// The name of a member of staff as one text, else the ID.
pub(crate) fn staff_name(field: Field<'_>) -> String {
    let Some(person) = staff(field) else { return String::new() };
    let name = PersonName { family: person.family, given: person.given };
    if name.is_empty() { person.id } else { name.full() }
}

fn person_name(repetition: Repetition<'_>, from: u32) -> PersonName {
    let part = |number: u32| {
        bounded(repetition.component(number).subcomponent(1).text().trim().to_owned())
    };
    PersonName { family: part(from), given: part(from + 1) }
}

/// The representation code: the component after the name type, or the one before it at senders
/// that leave one out. `I` may be full-width.
fn representation(repetition: Repetition<'_>, name_type: u32) -> Option<Representation> {
    [name_type + 1, name_type].into_iter().find_map(|number| {
        match repetition.component(number).raw().trim() {
            "I" | "Ｉ" => Some(Representation::Ideographic),
            "P" | "Ｐ" => Some(Representation::Phonetic),
            "A" | "Ａ" => Some(Representation::Alphabetic),
            _ => None,
        }
    })
}

/// Postal code and one line: the home address (`H`), else the first.
fn address(field: Field<'_>) -> (String, String) {
    let home = field.repetitions().find(|repetition| repetition.component(7).raw() == "H");
    let repetition = home.unwrap_or_else(|| field.first());
    let text = |number: u32| repetition.component(number).text().trim().to_owned();
    let whole = text(8);
    let line = if whole.is_empty() {
        let parts = [text(4), text(3), text(1), text(2)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    } else {
        whole
    };
    (text(5), line)
}

fn phones(field: Field<'_>) -> Vec<String> {
    let number = |repetition: Repetition<'_>| {
        let text = |number: u32| repetition.component(number).text().trim().to_owned();
        let whole = [12, 1].map(text).into_iter().find(|phone| !phone.is_empty());
        // Country, area and number apart (XTN.5 to XTN.7), as other countries' senders do.
        let parts = || [5, 6, 7].map(text).into_iter().filter(|part| !part.is_empty());
        whole.unwrap_or_else(|| parts().collect::<Vec<_>>().join("-"))
    };
    field.repetitions().map(number).filter(|phone| !phone.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hl7v2::Message;

    fn names_of(value: &str) -> (String, String) {
        let bytes = format!("MSH|^~\\&|\rPID|||||{value}\r");
        let message = Message::parse(bytes.as_bytes()).unwrap();
        let (name, kana) = names(message.segment("PID").unwrap().field(5));
        (name.full(), kana.full())
    }

    #[test]
    fn tells_name_and_reading_apart() {
        let both = ("患者 太郎".to_owned(), "カンジャ タロウ".to_owned());
        assert_eq!(names_of("患者^太郎^^^^^L^I~カンジャ^タロウ^^^^^L^P"), both);
        assert_eq!(names_of("カンジャ^タロウ^^^^^L^P~患者^太郎^^^^^L^I"), both);
        assert_eq!(names_of("患者^太郎^^^^L^I~カンジャ^タロウ^^^^^L^P"), both);
        assert_eq!(names_of("患者^太郎~カンジャ^タロウ"), both);
        assert_eq!(names_of("患者 太郎^^^^^^L^Ｉ"), ("患者 太郎".to_owned(), String::new()));
        let kana = "カンジャ タロウ".to_owned();
        assert_eq!(names_of("カンジャ^タロウ^^^^^L^P"), (kana.clone(), kana));
        assert_eq!(names_of("\"\""), (String::new(), String::new()));
    }

    #[test]
    fn staff_may_have_the_whole_name_in_one_component() {
        let name_of = |value: &str| {
            let bytes = format!("MSH|^~\\&|\rPV1|{value}\r");
            let message = Message::parse(bytes.as_bytes()).unwrap();
            staff_name(message.segment("PV1").unwrap().field(1))
        };
        assert_eq!(name_of("607^医師一郎^^^^^^^^L^^^^^I"), "医師一郎");
        assert_eq!(
            name_of("^イシ^イチロウ^^^^^^^L^^^^^P~110^医師^一郎^^^^^^^L^^^^^I"),
            "医師 一郎"
        );
        assert_eq!(name_of("D1"), "D1");
        assert_eq!(name_of(""), "");
    }
}
