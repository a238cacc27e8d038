//! How names and companies of every coding are read under every declaration: right, flagged,
//! silently wrong; by their bytes alone, with the study's text, and with the patient's names too.
//! Reads the lines of `xtask/src/bench/charset_names.py` on its standard input.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use dicomfile::charset::{Evidence, SpecificCharacterSet, Votes};
use dicomfile::{DataSet, Text, VR, tags};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::BufRead;

/// What is declared: by default, by mistake, and rightly.
const DECLARATIONS: [&str; 12] = [
    "",
    "ISO_IR 6",
    "ISO_IR 100",
    "ISO_IR 13",
    "\\ISO 2022 IR 87",
    "ISO 2022 IR 13\\ISO 2022 IR 87",
    "ISO_IR 192",
    "ISO_IR 126",
    "ISO_IR 144",
    "ISO_IR 149",
    "GB18030",
    "GBK",
];

/// What a value is read by.
const WAYS: [&str; 3] = ["bytes alone", "study's other text", "study and identity"];

#[derive(Deserialize)]
struct Case {
    coding: String,
    form: String,
    vr: String,
    raw: String,
    text: String,
    known: Vec<String>,
    institution: String,
    doctor: String,
    patient: String,
}

/// Right, right but flagged, wrong and flagged, silently wrong.
#[derive(Default, Clone, Copy)]
struct Count {
    right: u32,
    flagged_right: u32,
    flagged_wrong: u32,
    wrong: u32,
}

impl Count {
    fn add(&mut self, text: &Text, expected: &str) {
        let is_right = text.value == expected;
        *match (is_right, text.is_doubtful()) {
            (true, false) => &mut self.right,
            (true, true) => &mut self.flagged_right,
            (false, true) => &mut self.flagged_wrong,
            (false, false) => &mut self.wrong,
        } += 1;
    }

    fn plus(self, other: Count) -> Count {
        Count {
            right: self.right + other.right,
            flagged_right: self.flagged_right + other.flagged_right,
            flagged_wrong: self.flagged_wrong + other.flagged_wrong,
            wrong: self.wrong + other.wrong,
        }
    }

    fn all(self) -> u32 {
        self.right + self.flagged_right + self.flagged_wrong + self.wrong
    }
}

type Table = BTreeMap<(String, String), [Count; WAYS.len()]>;

fn main() {
    let mut table = Table::new();
    let mut examples: Vec<String> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let case: Case = serde_json::from_str(&line.unwrap()).unwrap();
        for declared in DECLARATIONS {
            let texts = read(&case, declared);
            let row = (format!("{} {}", case.coding, case.form), declared.to_owned());
            let counts = table.entry(row).or_default();
            for (place, text) in texts.iter().enumerate() {
                counts[place].add(text, &case.text);
                if text.value != case.text && !text.is_doubtful() && examples.len() < 40 {
                    let (found, expected) = (&text.value, &case.text);
                    let how = WAYS[place];
                    let line = format!(
                        "{} as {declared:?}, by {how}: {found} by {:?}, is {expected}",
                        case.coding, text.used
                    );
                    examples.push(line);
                }
            }
        }
    }
    print(&table);
    for example in examples {
        println!("silently wrong: {example}");
    }
}

fn read(case: &Case, declared: &str) -> [Text; WAYS.len()] {
    let set = SpecificCharacterSet::parse(declared.as_bytes());
    let raw = bytes(&case.raw);
    let vr = if case.vr == "PN" { VR::PN } else { VR::LO };
    let mut study = DataSet::new();
    study
        .put_str(tags::SPECIFIC_CHARACTER_SET, declared)
        .put_bytes(tags::INSTITUTION_NAME, VR::LO, bytes(&case.institution))
        .put_bytes(tags::REFERRING_PHYSICIAN_NAME, VR::PN, bytes(&case.doctor))
        .put_bytes(tags::PATIENT_NAME, VR::PN, bytes(&case.patient));
    let alone = Evidence::default();
    let of_study = Evidence::of(Votes::of(&study, &alone), Votes::default());
    let mut with_names = Evidence::default();
    case.known.iter().for_each(|name| with_names.know(name));
    with_names.study = Votes::of(&study, &with_names);
    [alone, of_study, with_names].map(|evidence| set.decode(&raw, vr, &evidence))
}

fn print(table: &Table) {
    let share = |count: u32, all: u32| 100.0 * f64::from(count) / f64::from(all.max(1));
    let line = |name: &str, declared: &str, counts: [Count; WAYS.len()]| {
        print!("{name:<28}{declared:<32}");
        for count in counts {
            let flagged = count.flagged_right + count.flagged_wrong;
            print!("{:>9}{flagged:>9}{:>7}", count.right, count.wrong);
        }
        println!();
    };
    println!("{:<60}{:>25}{:>25}{:>25}", "", WAYS[0], WAYS[1], WAYS[2]);
    let heads = "    right  flagged  wrong".repeat(WAYS.len());
    println!("{:<28}{:<32}{heads}", "coding and form", "declared");
    let mut sums = [Count::default(); WAYS.len()];
    for ((name, declared), counts) in table {
        let shown = if declared.is_empty() { "(absent)" } else { declared };
        line(name, shown, *counts);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.plus(*count));
    }
    line("all", "", sums);
    for (how, count) in WAYS.iter().zip(sums) {
        let flagged = count.flagged_right + count.flagged_wrong;
        println!(
            "by {how}: of {} values {:.2} % right, {:.2} % flagged (of those {:.1} % shown right), {} silently wrong",
            count.all(),
            share(count.right, count.all()),
            share(flagged, count.all()),
            share(count.flagged_right, flagged),
            count.wrong
        );
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
    (0..hex.len() / 2).map(|number| digit(number * 2)).collect()
}
