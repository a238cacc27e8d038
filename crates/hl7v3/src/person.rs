//! A person's demographics: PN, AD, TEL, TS of `patientPerson` (ITI TF-2 3.44.4.1.2.2).

use crate::NAMESPACE;
use crate::outgoing::valued;
use model::PartialTime;
use model::demographics::{Demographics, PersonName, Representation, names_by_representation};
use model::limits::{FACT_PART_CHARACTERS, FEED_PATIENT_IDS};
use std::borrow::Cow;
use xml::{Element, Writer};

/// OID of HL7's AdministrativeGender.
const GENDERS: &str = "2.16.840.1.113883.5.1";
/// Parts of an address, the largest place first: how one line is written in Japan.
const ADDRESS_PARTS: [&str; 10] = [
    "state",
    "county",
    "city",
    "precinct",
    "streetAddressLine",
    "streetName",
    "houseNumber",
    "additionalLocator",
    "unitID",
    "careOf",
];

/// Reads what `patientPerson` says. Digits that are no time give none.
pub(crate) fn read(person: Element<'_>) -> Demographics {
    let (name, kana) = names_by_representation(names(person));
    let value = |name, attribute| {
        let found = person.child(NAMESPACE, name).and_then(|one| one.attribute(attribute));
        found.map(str::trim).unwrap_or_default()
    };
    let time = |name| PartialTime::japan(value(name, "value")).ok();
    let (postal_code, address) = home(person);
    Demographics {
        name,
        kana,
        birth: time("birthTime"),
        sex: sex(value("administrativeGenderCode", "code")),
        postal_code,
        address,
        phones: phones(person),
        death: time("deceasedTime"),
    }
}

/// The sex of HL7 v2 table 0001 for a code of AdministrativeGender.
pub(crate) fn sex(code: &str) -> String {
    match code {
        "UN" => "O".to_owned(),
        code => code.chars().filter(|c| !c.is_control()).take(1).collect(),
    }
}

/// Family and given name of a PN; the whole text as family name where it has no parts.
pub(crate) fn person_name(element: Element<'_>) -> PersonName {
    let joined = |name| {
        let parts = element.children_named(NAMESPACE, name).map(|part| part.text());
        let parts: Vec<String> = parts.map(|part| part.trim().to_owned()).collect();
        bounded(parts.join(" ").trim())
    };
    let (family, given) = (joined("family"), joined("given"));
    match family.is_empty() && given.is_empty() {
        true => PersonName { family: bounded(element.text().trim()), given },
        false => PersonName { family, given },
    }
}

/// Postal code and one line of an AD.
pub(crate) fn address(element: Element<'_>) -> (String, String) {
    let text = |name: &str| -> Vec<String> {
        let parts = element.children_named(NAMESPACE, name).map(|part| part.text());
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let postal_code = text("postalCode").into_iter().next().unwrap_or_default();
    let whole = element.text();
    let line = match whole.trim() {
        "" => ADDRESS_PARTS.iter().flat_map(|name| text(name)).collect::<Vec<_>>().join(" "),
        whole => whole.to_owned(),
    };
    (bounded(&postal_code), bounded(&line))
}

/// The number of a TEL; `None` for what is no telephone.
pub(crate) fn phone(element: Element<'_>) -> Option<String> {
    let value = element.attribute("value")?.trim();
    let number = match value.split_once(':') {
        Some(("tel", number)) => number,
        Some(_) => return None,
        None => value,
    };
    (!number.is_empty()).then(|| bounded(number))
}

/// Writes the elements of a person, each where its schema has it. A name that is not known is
/// null: the element must be there.
pub(crate) fn write(writer: &mut Writer, who: &Demographics) {
    write_names(writer, who);
    for phone in &who.phones {
        writer.open("telecom");
        writer.attribute("use", "HP");
        // What is no number as a URI has it must stay readable all the same.
        writer.attribute("value", &format!("tel:{}", phone.replace([' ', '\u{3000}'], "")));
        writer.close();
    }
    let gender = match who.sex.as_str() {
        known @ ("M" | "F") => known,
        "O" => "UN",
        _ => "",
    };
    if !gender.is_empty() {
        writer.open("administrativeGenderCode");
        writer.attribute("code", gender);
        writer.attribute("codeSystem", GENDERS);
        writer.close();
    }
    if let Some(birth) = &who.birth {
        valued(writer, "birthTime", "value", &birth.digits);
    }
    if let Some(death) = &who.death {
        valued(writer, "deceasedInd", "value", "true");
        valued(writer, "deceasedTime", "value", &death.digits);
    }
    if !who.address.is_empty() || !who.postal_code.is_empty() {
        writer.open("addr");
        writer.attribute("use", "H");
        for (name, text) in [("postalCode", &who.postal_code), ("streetAddressLine", &who.address)]
        {
            if !text.is_empty() {
                writer.element(name, text);
            }
        }
        writer.close();
    }
}

fn write_names(writer: &mut Writer, who: &Demographics) {
    let is_reading = !who.kana.is_empty() && who.kana != who.name;
    if !who.name.is_empty() {
        let letters = &who.name;
        let is_latin = letters.family.is_ascii() && letters.given.is_ascii();
        name(writer, letters, if is_latin { "L ABC" } else { "L IDE" });
    }
    if is_reading {
        name(writer, &who.kana, "L SYL");
    }
    if who.name.is_empty() && !is_reading {
        valued(writer, "name", "nullFlavor", "NA");
    }
}

fn name(writer: &mut Writer, name: &PersonName, uses: &str) {
    writer.open("name");
    writer.attribute("use", uses);
    for (part, text) in [("family", &name.family), ("given", &name.given)] {
        if !text.is_empty() {
            writer.element(part, text);
        }
    }
    writer.close();
}

/// The names of a person, those of birth last: a maiden name is nobody's present one.
fn names(person: Element<'_>) -> impl Iterator<Item = (PersonName, Option<Representation>)> {
    let limit = usize::try_from(FEED_PATIENT_IDS).unwrap_or(usize::MAX);
    let of_birth = |element: &Element<'_>| {
        let mut parts = element.children_named(NAMESPACE, "family");
        parts.any(|part| has_word(part.attribute("qualifier"), "BR"))
    };
    let all = person.children_named(NAMESPACE, "name").take(limit);
    let (birth, present): (Vec<Element<'_>>, Vec<Element<'_>>) = all.partition(of_birth);
    let all: Vec<_> = present.into_iter().chain(birth).collect();
    all.into_iter().map(|element| (person_name(element), representation(element)))
}

fn representation(element: Element<'_>) -> Option<Representation> {
    let uses = element.attribute("use");
    [
        ("IDE", Representation::Ideographic),
        ("SYL", Representation::Phonetic),
        ("ABC", Representation::Alphabetic),
    ]
    .into_iter()
    .find_map(|(word, representation)| has_word(uses, word).then_some(representation))
}

fn has_word(attribute: Option<&str>, word: &str) -> bool {
    attribute.is_some_and(|text| text.split_whitespace().any(|one| one == word))
}

/// The home address, else the first.
fn home(person: Element<'_>) -> (String, String) {
    let all = || person.children_named(NAMESPACE, "addr");
    let is_home = |element: &Element<'_>| {
        ["H", "HP"].iter().any(|word| has_word(element.attribute("use"), word))
    };
    let found = all().find(is_home).or_else(|| all().next());
    found.map(address).unwrap_or_default()
}

fn phones(person: Element<'_>) -> Vec<String> {
    let limit = usize::try_from(FEED_PATIENT_IDS).unwrap_or(usize::MAX);
    person.children_named(NAMESPACE, "telecom").take(limit).filter_map(phone).collect()
}

/// Text without control characters, as much of it as a part of a fact may have.
fn bounded(text: &str) -> String {
    let limit = usize::try_from(FACT_PART_CHARACTERS).unwrap_or(usize::MAX);
    let text: Cow<'_, str> = match text.contains(char::is_control) {
        true => text.chars().filter(|c| !c.is_control()).collect::<String>().into(),
        false => text.into(),
    };
    let text: String = text.chars().take(limit).collect();
    text.trim_end().to_owned()
}
