//! The facts of one message of each data type, in every encoding in which hospitals write.

use model::fact::{Allergy, Fact, FactBody, Status};
use model::reason::{Flag, Reason};
use ssmix2::{Context, Derived, Expected, MIME_TYPE, derive, examine};
use std::path::Path;
use text::CharacterSet;

const SENT: &str = "20240601000000000";

struct Fixture {
    name: String,
    lines: String,
}

impl Fixture {
    fn data_type(&self) -> &str {
        self.name.strip_suffix("-bacteriology").unwrap_or(&self.name)
    }

    /// The folder's date, chosen so that the message agrees.
    fn care_date(&self) -> &'static str {
        match self.data_type() {
            "ADT-00" | "ADT-01" | "ADT-61" | "PPR-01" => "-",
            "ADT-21" | "ADT-22" | "OMD" | "OMP-02" | "OMP-12" => "20240501",
            "ADT-31" => "20240504",
            "ADT-32" => "20240505",
            "ADT-41" | "ADT-42" => "20240507",
            "ADT-51" => "20240512",
            "ADT-52" => "20240511",
            "OMG-11" => "20240408",
            "OMG-12" => "20240410",
            _ => "20240405",
        }
    }

    fn bytes(&self, set: CharacterSet, terminator: &str, trailer: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in self.lines.lines() {
            bytes.extend(text::encode(line, set).unwrap());
            bytes.extend(terminator.as_bytes());
        }
        bytes.extend(trailer);
        bytes
    }

    fn derive(&self, bytes: &[u8]) -> Derived {
        let context = Context {
            data_type: self.data_type(),
            care_date: self.care_date(),
            department: "01",
            sent: SENT,
            title: "",
            mime_type: MIME_TYPE,
        };
        derive(bytes, &context)
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            patient_id: "00012345",
            data_type: self.data_type(),
            care_date: self.care_date(),
            order_key: "999999999999999",
            sent: SENT,
            department: "01",
        }
    }
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut fixtures: Vec<Fixture> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| Fixture {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            lines: std::fs::read_to_string(&path).unwrap(),
        })
        .collect();
    fixtures.sort_by(|one, other| one.name.cmp(&other.name));
    fixtures
}

fn fixture(name: &str) -> Fixture {
    fixtures().into_iter().find(|fixture| fixture.name == name).unwrap()
}

#[test]
fn there_is_a_fixture_for_every_data_type() {
    let names: Vec<String> = fixtures().into_iter().map(|fixture| fixture.name).collect();
    for data_type in model::DataType::ALL {
        assert!(names.iter().any(|name| name == data_type.name()), "{}", data_type.name());
    }
}

#[test]
fn facts_of_every_data_type() {
    for fixture in fixtures() {
        let derived = fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"\x1c"));
        assert_eq!(derived.flags, [], "{}", fixture.name);
        insta::assert_json_snapshot!(fixture.name.clone(), (&derived.entry, &derived.facts));
    }
}

#[test]
fn encodings_and_terminators_change_no_fact() {
    for fixture in fixtures() {
        let expected = fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b""));
        let variants = [
            fixture.bytes(CharacterSet::Utf8, "\n", b""),
            fixture.bytes(CharacterSet::Cp932, "\r\n", b"\x1c"),
            fixture.bytes(CharacterSet::EucJp, "\r", b"\x1c\r"),
        ];
        for bytes in variants {
            let derived = fixture.derive(&bytes);
            assert_eq!(derived.facts, expected.facts, "{}", fixture.name);
            assert_eq!(derived.entry, expected.entry, "{}", fixture.name);
            assert_eq!(derived.flags, [Flag::CharacterSetDiffers], "{}", fixture.name);
        }
    }
}

#[test]
fn what_a_document_entry_needs_of_every_data_type() {
    for fixture in fixtures() {
        let bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"\x1c");
        let examined = examine(&bytes, &fixture.expected()).unwrap();
        assert_eq!(examined.flags, [], "{}", fixture.name);
        assert!(!examined.is_delete_message, "{}", fixture.name);
        insta::assert_debug_snapshot!(format!("examined-{}", fixture.name), examined);
    }
}

#[test]
fn another_patient_is_never_taken() {
    for fixture in fixtures() {
        let bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"\x1c");
        for patient_id in ["12345", "000012345", "00012346", ""] {
            let expected = Expected { patient_id, ..fixture.expected() };
            let (reason, detail) = examine(&bytes, &expected).unwrap_err();
            assert_eq!(reason, Reason::PatientMismatch);
            assert!(!detail.contains("12345"), "{detail}");
        }
    }
}

#[test]
fn a_second_pid_of_another_patient_is_found_wherever_it_stands() {
    for fixture in fixtures() {
        let mut bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"");
        bytes.extend(b"PID|0002||00099999^^^^PI\r");
        let (reason, _) = examine(&bytes, &fixture.expected()).unwrap_err();
        assert_eq!(reason, Reason::PatientMismatch, "{}", fixture.name);
    }
}

#[test]
fn a_message_of_another_type_is_not_taken() {
    for fixture in fixtures() {
        let bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"");
        let other = if fixture.data_type() == "OMG-13" { "OML-11" } else { "OMG-13" };
        let expected = Expected { data_type: other, ..fixture.expected() };
        let (reason, _) = examine(&bytes, &expected).unwrap_err();
        assert_eq!(reason, Reason::TypeMismatch, "{}", fixture.name);
    }
}

#[test]
fn an_unknown_type_is_a_document_without_facts() {
    let fixture = fixture("OML-11");
    let bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"");
    let expected = Expected { data_type: "OML-12", ..fixture.expected() };
    assert_eq!(examine(&bytes, &expected).unwrap().flags, [Flag::UnknownType]);
    let context = Context {
        data_type: "OML-12",
        care_date: "20240405",
        department: "-",
        sent: SENT,
        title: "",
        mime_type: MIME_TYPE,
    };
    let derived = derive(&bytes, &context);
    assert!(derived.facts.is_empty());
    assert_eq!(derived.entry.label, "OML-12");
    assert_eq!(derived.flags, [Flag::UnknownType]);
}

#[test]
fn every_cancel_event_makes_a_delete_message_of_cancelled_facts() {
    let events = [
        ("ADT-00", "A08", "A23"),
        ("ADT-01", "A54", "A55"),
        ("ADT-21", "A14", "A27"),
        ("ADT-22", "A01", "A11"),
        ("ADT-31", "A21", "A52"),
        ("ADT-41", "A15", "A26"),
        ("ADT-42", "A02", "A12"),
        ("ADT-51", "A16", "A25"),
        ("ADT-52", "A03", "A13"),
        ("OMP-01", "ORC|NW", "ORC|CA"),
        ("OML-01", "ORC|NW", "ORC|CA"),
        ("OML-11", "ORC|SC", "ORC|CA"),
        ("OMD", "ORC|NW", "ORC|CA"),
    ];
    for (name, from, to) in events {
        let mut fixture = fixture(name);
        fixture.lines = fixture.lines.replace(from, to);
        let bytes = fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"");
        assert!(examine(&bytes, &fixture.expected()).unwrap().is_delete_message, "{name}");
        let facts = fixture.derive(&bytes).facts;
        assert!(
            !facts.is_empty() && facts.iter().all(|fact| fact.status == Status::Cancelled),
            "{name}"
        );
    }
}

/// With an AL1 after the PID, as orders, results and visits may have it.
fn with_allergy(mut fixture: Fixture) -> Fixture {
    let allergy = "AL1|1|DA^薬剤アレルギー^HL70127|1^ペニシリン系^99DRG|SV^重度^HL70128|蕁麻疹";
    let mut lines: Vec<&str> = fixture.lines.lines().collect();
    let pid = lines.iter().position(|line| line.starts_with("PID|")).unwrap();
    lines.insert(pid + 1, allergy);
    fixture.lines = lines.join("\n");
    fixture
}

fn allergies(facts: &[Fact]) -> Vec<(&Fact, &Allergy)> {
    let one = |fact: &'_ Fact| matches!(fact.body, FactBody::Allergy(_));
    let found = facts.iter().filter(|fact| one(fact));
    found
        .map(|fact| match &fact.body {
            FactBody::Allergy(allergy) => (fact, allergy),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn an_allergy_beside_an_order_a_result_or_a_visit_is_a_fact() {
    for fixture in fixtures() {
        let name = fixture.name.clone();
        if matches!(fixture.data_type(), "ADT-00" | "ADT-61") {
            continue;
        }
        let plain = fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b""));
        assert!(allergies(&plain.facts).is_empty(), "{name}");
        let fixture = with_allergy(fixture);
        let derived = fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b""));
        let found = allergies(&derived.facts);
        let [(fact, allergy)] = found.as_slice() else { panic!("{name}: {found:?}") };
        assert_eq!(allergy.allergen.display(), "ペニシリン系", "{name}");
        assert_eq!(allergy.severity.display(), "重度", "{name}");
        assert_eq!(allergy.reactions, ["蕁麻疹"], "{name}");
        assert_eq!((fact.place.segment.as_str(), fact.status), ("AL1", Status::Final), "{name}");
        let made = fixture.lines.split('|').nth(6).unwrap();
        assert_eq!(fact.at.as_ref().unwrap().digits, made, "{name}: when the message was made");
        let other = |facts: &[Fact]| -> Vec<(u32, FactBody)> {
            let rest = facts.iter().filter(|it| !matches!(it.body, FactBody::Allergy(_)));
            rest.map(|it| (it.ordinal, it.body.clone())).collect()
        };
        assert_eq!(other(&derived.facts), other(&plain.facts), "{name}: the rest stays");
        if fixture.data_type() != "ADT-01" {
            assert_eq!(derived.entry, plain.entry, "{name}: it is no item of the line");
        }
    }
}

#[test]
fn a_cancelled_order_cancels_no_allergy() {
    let mut fixture = with_allergy(fixture("OMP-01"));
    fixture.lines = fixture.lines.replace("ORC|NW", "ORC|CA");
    let facts = fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"")).facts;
    for fact in &facts {
        let is_allergy = matches!(fact.body, FactBody::Allergy(_));
        assert_eq!(fact.status != Status::Cancelled, is_allergy, "{fact:?}");
    }
    assert_eq!(allergies(&facts).len(), 1);
}

#[test]
fn what_was_ordered_to_inject_is_not_what_was_given() {
    let line = |name| {
        let fixture = fixture(name);
        fixture.derive(&fixture.bytes(CharacterSet::Iso2022Jp, "\r", b"")).entry
    };
    let (ordered, given) = (line("OMP-02"), line("OMP-12"));
    assert_eq!(ordered.label, ssmix2::ORDER_LABEL);
    assert!(ordered.item_count > 0 && given.item_count > 0);
    assert_eq!(given.label, given.item_count.to_string());
}
