//! Coded elements (CWE): every triple, whichever of the six layouts was used.
//!
//! Standard first, local first, either alone, or either shifted behind three empty components:
//! the name of the system (component 3 or 6) tells which is which, never the position.

use hl7v2::{Component, Field, Repetition};
use model::limits::{FACT_LIST_ENTRIES, FACT_PART_CHARACTERS};
use model::{Code, Coded};

/// The first repetition of a field.
pub(crate) fn coded(field: Field<'_>) -> Coded {
    of_repetition(field.first())
}

/// Every repetition of a field that says something, up to the limit of a list.
pub(crate) fn coded_each(field: Field<'_>) -> Vec<Coded> {
    let repetitions = field.repetitions().map(of_repetition).filter(|coded| !coded.is_empty());
    repetitions.take(FACT_LIST_ENTRIES as usize).collect()
}

/// A part of a fact that other facts of the message repeat: bounded, so that one long part times
/// many rows stays small.
pub(crate) fn bounded(part: String) -> String {
    let limit = FACT_PART_CHARACTERS as usize;
    if part.len() <= limit {
        return part;
    }
    match part.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", part.get(..end).unwrap_or_default()),
        None => part,
    }
}

/// One repetition.
pub(crate) fn of_repetition(repetition: Repetition<'_>) -> Coded {
    if repetition.is_empty() || repetition.is_null() {
        return Coded::default();
    }
    collect(repetition.components().map(|component| component.text().into_owned()))
}

/// A unit (OBX-6). Laboratories write powers of ten with a bare `^`, which is the component
/// separator (`10^4/μL^10^4/μL^99XYZ`): read naively, 10⁴/μL would be shown as `4/μL`.
pub(crate) fn unit(field: Field<'_>) -> Coded {
    let repetition = field.first();
    if repetition.is_empty() || repetition.is_null() {
        return Coded::default();
    }
    let mut parts: Vec<String> = Vec::new();
    for component in repetition.components() {
        let part = component.text().into_owned();
        match parts.last_mut() {
            Some(base) if is_ten(base) && part.starts_with(|c: char| c.is_ascii_digit()) => {
                base.push('^');
                base.push_str(&part);
            }
            _ => parts.push(part),
        }
    }
    collect(parts.into_iter())
}

fn is_ten(part: &str) -> bool {
    matches!(part.trim(), "10" | "x10" | "X10" | "×10" | "*10")
}

/// A coded element in the subcomponents of one component (TQ1-3, the unit in a CQ).
pub(crate) fn of_subcomponents(component: Component<'_>) -> Coded {
    if component.is_empty() || component.is_null() {
        return Coded::default();
    }
    collect(component.subcomponents().map(|part| part.text().into_owned()))
}

/// The unit of a quantity (CQ component 2, its subcomponents, or the components after it).
pub(crate) fn quantity_unit(repetition: Repetition<'_>) -> Coded {
    let unit = repetition.component(2);
    if unit.raw().is_empty() || !repetition.component(3).is_empty() {
        return collect(repetition.components().skip(1).map(|part| part.text().into_owned()));
    }
    of_subcomponents(unit)
}

/// A code without text and system (IS, ID).
pub(crate) fn plain(code: &str) -> Coded {
    if code.is_empty() { Coded::default() } else { Coded::single(code, "", "") }
}

fn collect(parts: impl Iterator<Item = String>) -> Coded {
    let mut codes = Vec::new();
    let mut triple = Code::default();
    for (at, part) in parts.take(6).map(bounded).enumerate() {
        match at % 3 {
            0 => triple.code = part,
            1 => triple.text = part,
            _ => {
                triple.system = part;
                keep(std::mem::take(&mut triple), &mut codes);
            }
        }
    }
    keep(triple, &mut codes);
    Coded { codes }
}

fn keep(triple: Code, codes: &mut Vec<Code>) {
    if !triple.code.is_empty() || !triple.text.is_empty() {
        codes.push(triple);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hl7v2::Message;

    fn read(value: &str) -> Vec<(String, String, String)> {
        let bytes = format!("MSH|^~\\&|\rOBX|1|ST|{value}\r");
        let message = Message::parse(bytes.as_bytes()).unwrap();
        let field = message.segment("OBX").unwrap().field(3);
        coded(field).codes.into_iter().map(|c| (c.code, c.text, c.system)).collect()
    }

    #[test]
    fn a_power_of_ten_written_with_the_separator_stays_one_unit() {
        let unit_of = |value: &str| {
            let bytes = format!("MSH|^~\\&|\rOBX|1|ST|||1|{value}\r");
            let message = Message::parse(bytes.as_bytes()).unwrap();
            unit(message.segment("OBX").unwrap().field(6))
        };
        let million = Coded::single("10^4/μL", "10^4/μL", "99XYZ");
        assert_eq!(unit_of("10^4/μL^10^4/μL^99XYZ"), million);
        assert_eq!(unit_of("10*4/uL^10^4/μL^ISO+"), Coded::single("10*4/uL", "10^4/μL", "ISO+"));
        assert_eq!(unit_of("10^4/μL"), Coded::single("10^4/μL", "", ""));
        assert_eq!(unit_of("mg/dL^mg/dL^99XYZ"), Coded::single("mg/dL", "mg/dL", "99XYZ"));
    }

    #[test]
    fn all_six_layouts_keep_every_triple_with_its_system() {
        let standard = ("3A010".to_owned(), "TP".to_owned(), "JC10".to_owned());
        let local = ("102".to_owned(), "ＴＰ".to_owned(), "99X03".to_owned());
        assert_eq!(read("3A010^TP^JC10^102^ＴＰ^99X03"), [standard.clone(), local.clone()]);
        assert_eq!(read("102^ＴＰ^99X03^3A010^TP^JC10"), [local.clone(), standard.clone()]);
        assert_eq!(read("3A010^TP^JC10"), std::slice::from_ref(&standard));
        assert_eq!(read("102^ＴＰ^99X03"), std::slice::from_ref(&local));
        assert_eq!(read("^^^3A010^TP^JC10"), [standard]);
        assert_eq!(read("^^^102^ＴＰ^99X03"), [local]);
    }

    #[test]
    fn what_was_not_sent_is_not_there() {
        assert!(read("").is_empty());
        assert!(read("\"\"").is_empty());
        assert!(read("^^^^^").is_empty());
        assert_eq!(read("A"), [("A".to_owned(), String::new(), String::new())]);
        assert_eq!(read("^text"), [(String::new(), "text".to_owned(), String::new())]);
    }
}
