//! What bad input gets: a named reason or a remark, and never a panic.

use model::fact::{FactBody, LabResult};
use model::limits::{HL7V2_SEGMENTS, SSMIX2_FILE_BYTES};
use model::reason::{Flag, Reason};
use proptest::prelude::*;
use ssmix2::{Context, Derived, Expected, MIME_TYPE, derive, examine};
use std::path::Path;
use text::CharacterSet;

const EXPECTED: Expected<'static> = Expected {
    patient_id: "00012345",
    data_type: "OML-11",
    care_date: "20240405",
    order_key: "000000000000401",
    sent: "20240405151112000",
    department: "01",
};

const MESSAGE: &str = "MSH|^~\\&|A|B|C|D|20240405151112||OUL^R22^OUL_R22|1|P|2.5||||||~ISO IR87\r\
    PID|1||00012345^^^^PI||結城^花子^^^^^L^I||19510203|F\r\
    SPM|1|||023^血清^JC10|||||||||||||202404051130\r\
    OBR|1|000000000000401||E002^生化学的検査^99LAB|||202404051130\r\
    OBX|1|NM|3A010000002327101^総蛋白^JC10||7.2|g/dl^g/dl^ISO+|||||F\r";

fn encoded(message: &str) -> Vec<u8> {
    message
        .split_inclusive('\r')
        .flat_map(|line| text::encode(line, CharacterSet::Iso2022Jp).unwrap())
        .collect()
}

fn refused(bytes: &[u8]) -> Reason {
    let (reason, detail) = examine(bytes, &EXPECTED).unwrap_err();
    assert!(!detail.is_empty());
    reason
}

fn flags(message: &str) -> Vec<Flag> {
    let bytes = encoded(message);
    let examined = examine(&bytes, &EXPECTED).unwrap().flags;
    let mut derived = derived(&bytes).flags;
    if examined.contains(&Flag::OrderKeyDiffers) {
        derived.push(Flag::OrderKeyDiffers);
        derived.sort_unstable();
    }
    assert_eq!(derived, examined);
    examined
}

fn derived(bytes: &[u8]) -> Derived {
    derive_as(bytes, EXPECTED.data_type, EXPECTED.care_date)
}

fn derive_as(bytes: &[u8], data_type: &str, care_date: &str) -> Derived {
    let context = Context {
        data_type,
        care_date,
        department: "01",
        sent: EXPECTED.sent,
        title: "",
        mime_type: MIME_TYPE,
    };
    derive(bytes, &context)
}

fn result(message: &str) -> (Option<i64>, LabResult) {
    let facts = derived(&encoded(message)).facts;
    let FactBody::LabResult(result) = &facts[0].body else { panic!("{facts:?}") };
    (facts[0].at.as_ref().map(|at| at.jst_day()), result.clone())
}

#[test]
fn a_good_message_has_no_remarks() {
    assert_eq!(flags(MESSAGE), []);
    assert_eq!(result(MESSAGE).0, Some(20_240_405));
}

#[test]
fn what_is_no_message_has_its_reason() {
    assert_eq!(refused(b""), Reason::Empty);
    assert_eq!(refused(b"\r\n\x1c\0"), Reason::Empty);
    assert_eq!(refused(b"%PDF-1.4"), Reason::NotHl7);
    assert_eq!(refused(b"\x93\xfa\x96\x7b"), Reason::NotHl7);
    assert_eq!(refused(b"MS"), Reason::Truncated);
    assert_eq!(refused(b"MSH|^~"), Reason::Truncated);
}

#[test]
fn a_message_cut_before_its_patient_is_truncated_wherever_it_is_cut() {
    let bytes = encoded(MESSAGE);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let patient = text.find("00012345").unwrap();
    for length in 1..=patient + "00012345".len() {
        assert_eq!(refused(&bytes[..length]), Reason::Truncated, "{length}");
    }
}

#[test]
fn a_message_cut_after_its_patient_is_kept_and_remarked_upon() {
    let bytes = encoded(MESSAGE);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for end in ["SPM|1|", "OBR|1|0000", "\rOB"] {
        let at = text.find(end).unwrap() + end.len();
        let flags = examine(&bytes[..at], &EXPECTED).unwrap().flags;
        assert!(flags.contains(&Flag::Truncated), "{end}: {flags:?}");
    }
    let two_rows = MESSAGE.to_owned() + "OBX|2|NM|3A0150000023";
    assert_eq!(flags(&two_rows), [Flag::Truncated]);
    assert_eq!(flags(MESSAGE.trim_end()), []);
}

#[test]
fn without_a_patient_nothing_is_taken() {
    let none = MESSAGE.replace("PID|1||00012345^^^^PI||結城^花子^^^^^L^I||19510203|F\r", "");
    assert_eq!(refused(&encoded(&none)), Reason::PatientUnknown);
    for empty in ["", "\"\"", "^^^^PI", "  ^^^^PI"] {
        let message = MESSAGE.replace("00012345^^^^PI", empty);
        assert_eq!(refused(&encoded(&message)), Reason::PatientUnknown, "{empty:?}");
    }
}

#[test]
fn the_patient_is_compared_exactly() {
    for other in ["12345", "00012346", "０００１２３４５", "00012345 ", "0012345", "00012345\\T\\"]
    {
        let message = MESSAGE.replace("00012345^^^^PI", &format!("{other}^^^^PI"));
        assert_eq!(refused(&encoded(&message)), Reason::PatientMismatch, "{other}");
    }
    let of_type = MESSAGE.replace("00012345^^^^PI", "777^^^^MR~00012345^^^^PI");
    assert!(examine(&encoded(&of_type), &EXPECTED).is_ok());
    let of_type = MESSAGE.replace("00012345^^^^PI", "00012345^^^^MR~777^^^^PI");
    assert_eq!(refused(&encoded(&of_type)), Reason::PatientMismatch);
}

#[test]
fn a_patient_that_cannot_be_read_is_undecodable_and_other_damage_is_only_marked() {
    let mut bytes = encoded(MESSAGE);
    let at = bytes.windows(8).position(|part| part == b"00012345").unwrap();
    bytes[at + 3] = 0xFF;
    assert_eq!(refused(&bytes), Reason::PatientUndecodable);
    let mut bytes = encoded(&MESSAGE.replace("総蛋白", "TP"));
    let at = bytes.windows(2).position(|part| part == b"TP").unwrap();
    bytes[at] = 0xFF;
    assert_eq!(examine(&bytes, &EXPECTED).unwrap().flags, [Flag::TextDamaged]);
    let derived = derived(&bytes);
    assert_eq!(derived.flags, [Flag::TextDamaged]);
    let FactBody::LabResult(result) = &derived.facts[0].body else { panic!() };
    assert!(result.item.codes[0].text.contains(text::DAMAGE_MARK));
    assert_eq!(result.value, "7.2");
}

#[test]
fn too_much_has_its_reason() {
    let mut large = encoded(MESSAGE);
    large.resize(SSMIX2_FILE_BYTES as usize + 1, b' ');
    assert_eq!(refused(&large), Reason::TooLarge);
    let mut many = encoded(MESSAGE);
    for _ in 0..HL7V2_SEGMENTS {
        many.extend(b"NTE|\r");
    }
    assert_eq!(refused(&many), Reason::TooManySegments);
    assert!(derived(&large).facts.is_empty() && derived(&many).facts.is_empty());
}

#[test]
fn a_care_date_that_differs_or_is_missing_is_remarked_upon() {
    let other_day = MESSAGE.replace("||||||202404051130", "||||||202404041130");
    assert_eq!(flags(&other_day), [Flag::CareDateDiffers]);
    assert_eq!(result(&other_day).0, Some(20_240_404));
    let examined = examine(&encoded(&other_day), &EXPECTED).unwrap();
    assert_eq!(examined.service_start.unwrap().digits, "20240405");
    let none = MESSAGE.replace("202404051130", "");
    assert_eq!(flags(&none), [Flag::CareDateMissing]);
    let (day, result) = result(&none);
    assert_eq!(day, Some(20_240_405));
    assert_eq!(result.collected, None);
}

#[test]
fn dates_that_cannot_be_are_not_used() {
    let impossible = MESSAGE.replace("||||||202404051130", "||||||202404311130");
    assert_eq!(flags(&impossible), [Flag::CareDateMissing, Flag::DateImplausible]);
    let future = MESSAGE.replace("202404051130", "209904051130");
    assert_eq!(flags(&future), [Flag::CareDateDiffers, Flag::DateImplausible]);
    let (day, result) = result(&future);
    assert_eq!(day, Some(20_240_405));
    assert_eq!(result.collected.unwrap().digits, "209904051130");
}

#[test]
fn another_order_number_than_the_names_is_remarked_upon() {
    let other = MESSAGE.replace("000000000000401", "000000000000402");
    assert_eq!(flags(&other), [Flag::OrderKeyDiffers]);
    let unpadded = MESSAGE.replace("000000000000401", "401");
    assert_eq!(flags(&unpadded), []);
}

/// Quadratic work over these would not end; one long part in every fact would fill the memory.
#[test]
fn repetition_without_end_costs_what_it_weighs() {
    let head = |msh: &str| format!("MSH|^~\\&|||||||{msh}\rPID|||00012345\r");
    let long = "長".repeat(200_000);
    type Line = fn(usize) -> String;
    let lines: [(&str, &str, Line); 6] = [
        ("OML-11", "OUL^R22", |at| format!("OBX|{at}|CWE|6A^菌名^99A|{at}|1^A^JANIS||||||F\r")),
        ("OMG-01", "OMG^O19", |at| format!("ORC|NW|{at}\rOBR||{at}||1^A^JJ1017|||||||||N{at}\r")),
        ("OMG-11", "OMI^Z23", |at| format!("ZE1|1|RS|{at}^P^99A\rIPC|1||1.2.{at}\r")),
        ("OMP-12", "RAS^O17", |at| format!("RXA|0|1|20240405|20240405|{at}^D^HOT9|1\r")),
        ("PPR-01", "PPR^ZD1", |at| format!("PRB|AD|20240405|{at}^D^MDCDX2\rZI1|1|{at}\r")),
        ("ADT-61", "ADT^A60", |at| format!("IAM|1|DA|{at}^A^99A\r")),
    ];
    for (data_type, msh, line) in lines {
        let mut message = head(msh);
        message.push_str(&format!("ORC|NW|1|||||||20240405|||^{long}|||||1^{long}\r"));
        message.push_str(&format!("OBR|1|1||1^{long}^99A\r"));
        (0..30_000).for_each(|at| message.push_str(&line(at)));
        let derived = derive_as(message.as_bytes(), data_type, "20240405");
        assert!(!derived.facts.is_empty(), "{data_type}");
        let json = serde_json::to_vec(&derived.facts).unwrap();
        assert!(json.len() < 100 << 20, "{data_type}: {}", json.len());
        let incomplete = derived.flags.contains(&Flag::FactsIncomplete);
        assert_eq!(incomplete, json.len() > 60 << 20, "{data_type}");
    }
}

#[test]
fn a_million_tiny_parts_take_no_time_worth_speaking_of() {
    let mut message = MESSAGE.to_owned();
    message.push_str(&format!(
        "OBX|2|ST|X^{}||{}||||||F\r",
        "^".repeat(100_000),
        "~".repeat(100_000)
    ));
    message.push_str(&format!("OBX|3|ST|{}\r", "|".repeat(200_000)));
    for _ in 0..20_000 {
        message.push_str("OBX|4|CWE|6A^菌名^99A|1|1^A^JANIS||||||F\r");
    }
    let derived = derived(&encoded(&message));
    assert_eq!(derived.facts.len(), 20_002);
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut fixtures: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let lines = std::fs::read_to_string(&path).unwrap().replace('\n', "\r");
            let data_type = name.strip_suffix("-bacteriology").unwrap_or(&name).to_owned();
            (data_type, encoded(&lines))
        })
        .collect();
    fixtures.sort();
    fixtures
}

/// One change to a message: bytes overwritten, a piece cut out, doubled or moved.
fn mutate(bytes: &mut Vec<u8>, kind: u8, at: usize, length: usize, byte: u8) {
    if bytes.is_empty() {
        return;
    }
    let at = at % bytes.len();
    let end = (at + length).min(bytes.len());
    match kind % 5 {
        0 => bytes[at] = byte,
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => bytes.truncate(at),
        _ => {
            const SPICE: &[u8] = b"|^~&\\\r\n\x1b\x1c\"0-9";
            bytes.insert(at, SPICE[usize::from(byte) % SPICE.len()]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0..26_usize, date in "\\PC{0,9}",
    ) {
        let data_type = model::DataType::ALL[at].name();
        let mut message = b"MSH|^~\\&|\rPID|||00012345\r".to_vec();
        message.extend(&bytes);
        for bytes in [&bytes, &message] {
            derive_as(bytes, data_type, &date);
            let _ = examine(bytes, &Expected { data_type, care_date: &date, ..EXPECTED });
        }
    }

    #[test]
    fn mutated_messages_never_panic_and_never_become_another_patients(
        which in any::<usize>(),
        changes in proptest::collection::vec((any::<u8>(), any::<usize>(), 1..60_usize, any::<u8>()), 1..8),
    ) {
        let fixtures = fixtures();
        let (data_type, mut bytes) = fixtures[which % fixtures.len()].clone();
        for (kind, at, length, byte) in changes {
            mutate(&mut bytes, kind, at, length, byte);
        }
        let derived = derive_as(&bytes, &data_type, "20240405");
        for (at, fact) in derived.facts.iter().enumerate() {
            prop_assert_eq!(fact.ordinal as usize, at);
        }
        prop_assert_eq!(&derived, &derive_as(&bytes, &data_type, "20240405"));
        let other = Expected { patient_id: "99999999", data_type: &data_type, ..EXPECTED };
        prop_assert!(examine(&bytes, &other).is_err());
    }
}
