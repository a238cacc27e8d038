//! Messages as others write them, read.

use crate::support::*;

use hl7v3::{Interaction, Payload};

fn message(interaction: &str, inside: &str) -> String {
    format!(
        "<{interaction} xmlns=\"urn:hl7-org:v3\"><id root=\"1.1\" extension=\"m\"/>\
         <creationTime value=\"2026\"/><interactionId extension=\"{interaction}\"/>\
         <processingCode code=\"T\"/><receiver><device><id root=\"1.2\"/></device></receiver>\
         <sender><device><id root=\"1.3\"/></device></sender>\
         <controlActProcess>{inside}</controlActProcess></{interaction}>"
    )
}

fn added(patient: &str) -> String {
    let inside = format!(
        "<subject><registrationEvent><subject1><patient>{patient}</patient></subject1>\
         </registrationEvent></subject>"
    );
    message("PRPA_IN201301UV02", &inside)
}

fn person(inside: &str) -> model::demographics::Demographics {
    let patient =
        format!("<id root=\"1\" extension=\"2\"/><patientPerson>{inside}</patientPerson>");
    record_of(added(&patient).as_bytes()).demographics
}

fn names(inside: &str) -> (String, String) {
    let who = person(inside);
    (who.name.full(), who.kana.full())
}

#[test]
fn names_are_told_apart_by_their_use_and_else_by_script() {
    let ide = "<name use=\"L IDE\"><family>山田</family><given>花子</given></name>";
    let syl = "<name use=\"SYL\"><family>ヤマダ</family><given>ハナコ</given></name>";
    let abc = "<name use=\"ABC\"><family>YAMADA</family><given>HANAKO</given></name>";
    let both = ("山田 花子".to_owned(), "ヤマダ ハナコ".to_owned());
    assert_eq!(names(&format!("{syl}{abc}{ide}")), both);
    assert_eq!(names(&format!("{syl}{ide}").replace(" use=\"SYL\"", "")), both);
    assert_eq!(names(abc), ("YAMADA HANAKO".into(), String::new()));
    let several = "<name><given>Ann</given><given>Mary</given><family>Smith</family></name>";
    assert_eq!(names(several).0, "Smith Ann Mary");
    assert_eq!(names("<name>山田 花子</name>").0, "山田 花子");
    assert_eq!(names("<name nullFlavor=\"NA\"/>").0, "");
}

#[test]
fn a_maiden_name_is_no_present_one() {
    let maiden = "<name><family qualifier=\"BR\">Tauxe</family><given>Maja</given></name>";
    let present = "<name><family>Muster</family><given>Maja</given></name>";
    assert_eq!(names(&format!("{maiden}{present}")).0, "Muster Maja");
    assert_eq!(names(maiden).0, "Tauxe Maja");
}

#[test]
fn demographics_come_in_many_forms() {
    let who = person(
        "<administrativeGenderCode code=\"UN\"/><birthTime value=\"19570612\"/>\
         <telecom value=\"mailto:a@b\"/><telecom value=\"tel:+81-3-1\"/><telecom value=\"090\"/>\
         <addr use=\"WP\"><city>X</city></addr>\
         <addr use=\"HP\"><streetAddressLine>1-1</streetAddressLine><city>千代田区</city>\
         <state>東京都</state><postalCode>100</postalCode></addr>\
         <deceasedTime value=\"2020\"/>",
    );
    assert_eq!((who.sex.as_str(), who.postal_code.as_str()), ("O", "100"));
    assert_eq!(who.address, "東京都 千代田区 1-1");
    assert_eq!(who.phones, vec!["+81-3-1", "090"]);
    assert_eq!(who.birth.unwrap().digits, "19570612");
    assert_eq!(who.death.unwrap().digits, "2020");
    assert!(person("<birthTime value=\"yesterday\"/>").birth.is_none());
}

#[test]
fn what_is_missing_is_named_by_its_place() {
    let whole = added("<id root=\"1\" extension=\"2\"/>");
    let at = |text: String| {
        let problem = read(Interaction::RecordAdded, text.as_bytes()).payload.unwrap_err();
        format!("{} {}", problem.code, problem.location)
    };
    let without = |part: &str| at(whole.replace(part, ""));
    assert_eq!(without("<id root=\"1.1\" extension=\"m\"/>"), "101 /*/id");
    assert_eq!(without("<id root=\"1.2\"/>"), "101 /*/receiver/device/id");
    assert_eq!(without("<id root=\"1.3\"/>"), "101 /*/sender/device/id");
    let other = whole.replace("extension=\"PRPA_IN201301UV02\"", "extension=\"X\"");
    assert_eq!(at(other), "200 /*/interactionId");
    let no_patient = added("").replace("<patient></patient>", "");
    assert_eq!(at(no_patient), "100 //registrationEvent/subject1/patient");
    let twice = whole.replace("</controlActProcess>", "<subject/></controlActProcess>");
    assert_eq!(at(twice), "102 /*/controlActProcess/subject");
}

#[test]
fn a_cancellation_is_known_by_status_or_quantity() {
    let more = |inside: &str| {
        let inside = format!("<queryContinuation>{inside}</queryContinuation>");
        let text = message("QUQI_IN000003UV01", &inside);
        match read(Interaction::Continue, text.as_bytes()).payload {
            Ok(Payload::Continuation(more)) => Some(more.is_cancelled),
            _ => None,
        }
    };
    let id = "<queryId root=\"1\" extension=\"q\"/>";
    assert_eq!(
        more(&format!("{id}<statusCode code=\"waitContinuedQueryResponse\"/>")),
        Some(false)
    );
    assert_eq!(more(&format!("{id}<statusCode code=\"aborted\"/>")), Some(true));
    assert_eq!(more(&format!("{id}<continuationQuantity value=\"0\"/>")), Some(true));
    assert_eq!(more("<statusCode code=\"aborted\"/>"), None);
}

#[test]
fn a_query_that_is_too_long_is_not_repeated() {
    let long = "x".repeat(70_000);
    let inside = format!(
        "<queryByParameter><queryId root=\"1\"/><parameterList><livingSubjectName><value>{long}\
         </value></livingSubjectName></parameterList></queryByParameter>"
    );
    let text = message("PRPA_IN201305UV02", &inside);
    let message = read(Interaction::FindCandidates, text.as_bytes());
    assert_eq!(message.query_copy, None);
    assert_eq!(message.payload.unwrap_err().code, "102");
}
