//! The decision about one value (imaging.md §5): from what is certain to what is likely.

use super::belief::Belief;
use super::candidates::{Candidate, candidates};
use super::declared::SpecificCharacterSet;
use super::evidence::Evidence;
use super::{Coding, Text, Verdict, iso2022, strict};
use dicom_core::VR;

/// Votes of a source that decide; a study's decide from the first on.
const SOURCE_VOTES: u64 = 5;

impl SpecificCharacterSet {
    /// Decodes a value. `raw` is kept as it is; padding is left out of the text.
    ///
    /// In this order: seven bits are what they are; escape sequences decide if the whole value
    /// keeps to them; of the readings in which every byte is a character, one that is a known
    /// name of the patient; then the only believable one; then the one that the study's other
    /// text, or the source's earlier text, speaks for. What is left is [`Verdict::Ambiguous`].
    pub fn decode(&self, raw: &[u8], vr: VR, evidence: &Evidence) -> Text {
        let bytes = unpadded(raw);
        let is_name = vr == VR::PN;
        let (value, used, verdict) = if bytes.contains(&0x1B) {
            self.by_escapes(bytes, is_name)
        } else if bytes.is_ascii() {
            (strict::decode_marking(bytes, Coding::Ascii), Coding::Ascii, Verdict::Declared)
        } else {
            self.by_bytes(bytes, is_name, evidence)
        };
        let verdict = match value.contains(text::DAMAGE_MARK) {
            true => Verdict::Undecodable,
            false => verdict,
        };
        Text { value, raw: raw.to_vec(), declared: self.received().to_owned(), used, verdict }
    }

    fn by_escapes(&self, bytes: &[u8], is_name: bool) -> (String, Coding, Verdict) {
        let first = iso2022::decode(bytes, self, self.initial(), is_name);
        if first.faults == 0 {
            let verdict = if first.is_declared { Verdict::Declared } else { Verdict::Repaired };
            return (first.text, Coding::Iso2022, verdict);
        }
        // A set that was not designated again behind a delimiter, or half-width katakana beside
        // kanji with ISO-IR 13 forgotten.
        let forgotten = self.codings().into_iter().chain([Coding::Katakana]);
        let repaired = forgotten
            .map(|upper| iso2022::decode(bytes, self, Some(upper), is_name))
            .find(|decoded| decoded.faults == 0);
        match repaired {
            Some(decoded) => (decoded.text, Coding::Iso2022, Verdict::Repaired),
            None => (first.text, Coding::Iso2022, Verdict::Undecodable),
        }
    }

    fn by_bytes(&self, bytes: &[u8], is_name: bool, evidence: &Evidence) -> Decision {
        let all = candidates(bytes, self, is_name);
        let known = |one: &&Candidate| is_name && evidence.knows(&one.text);
        if let Some(known) = all.iter().find(known) {
            return taken(known);
        }
        let believable: Vec<&Candidate> =
            all.iter().filter(|one| one.belief > Belief::Weak).collect();
        if let Some(utf8) = believable.iter().find(|one| is_long_utf8(one)) {
            return taken(utf8);
        }
        if let Some(only) = only_one(&believable) {
            return taken(only);
        }
        let codings: Vec<Coding> = believable.iter().map(|one| one.coding).collect();
        let winner = evidence
            .study
            .winner(&codings, 1)
            .or_else(|| evidence.source.winner(&codings, SOURCE_VOTES));
        if let Some(voted) = believable.iter().find(|one| Some(one.coding) == winner) {
            return taken(voted);
        }
        match likeliest(bytes, &believable).or_else(|| likeliest_of_all(&all)) {
            Some(one) => (one.text.clone(), one.coding, Verdict::Ambiguous),
            None => self.damaged(bytes),
        }
    }

    /// Nothing reads every byte: the declared reading with its faults marked.
    fn damaged(&self, bytes: &[u8]) -> Decision {
        let guess = match text::detect(bytes) {
            text::CharacterSet::Utf8 => Coding::Utf8,
            text::CharacterSet::EucJp => Coding::EucJp,
            _ => Coding::Cp932,
        };
        let coding = match self.initial() {
            Some(declared @ (Coding::Utf8 | Coding::Katakana)) => declared,
            _ => guess,
        };
        let marked = strict::decode_marking(bytes, coding);
        (marked, coding, Verdict::Undecodable)
    }
}

type Decision = (String, Coding, Verdict);

fn taken(one: &Candidate) -> Decision {
    let verdict = if one.is_declared { Verdict::Declared } else { Verdict::Repaired };
    (one.text.clone(), one.coding, verdict)
}

/// The reading that nothing rivals: the only believable one, or a strong one beside which only
/// undeclared possible ones stand.
fn only_one<'a>(believable: &[&'a Candidate]) -> Option<&'a Candidate> {
    if let [only] = believable {
        return only.stands_alone().then_some(*only);
    }
    let mut strong = believable.iter().filter(|one| one.belief == Belief::Strong);
    let first = strong.next()?;
    let is_rivalled = strong.next().is_some()
        || believable.iter().any(|one| one.is_declared && one.text != first.text);
    (!is_rivalled && first.stands_alone()).then_some(*first)
}

/// UTF-8 with characters of three bytes: no other text of any length reads so by chance.
fn is_long_utf8(one: &Candidate) -> bool {
    one.coding == Coding::Utf8 && one.text.chars().any(|character| character > '\u{7FF}')
}

/// What is shown while nobody has decided: the declared reading, else the likelier Japanese one.
fn likeliest<'a>(bytes: &[u8], believable: &[&'a Candidate]) -> Option<&'a Candidate> {
    let guess = match text::detect(bytes) {
        text::CharacterSet::EucJp => Coding::EucJp,
        _ => Coding::Cp932,
    };
    let find =
        |wanted: &dyn Fn(&Candidate) -> bool| believable.iter().copied().find(|one| wanted(one));
    find(&|one| one.is_declared)
        .or_else(|| find(&|one| one.belief == Belief::Strong))
        .or_else(|| find(&|one| one.coding == guess))
        .or_else(|| believable.first().copied())
}

fn likeliest_of_all(all: &[Candidate]) -> Option<&Candidate> {
    all.iter().find(|one| one.is_declared).or_else(|| all.first())
}

fn unpadded(raw: &[u8]) -> &[u8] {
    let end = raw.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    raw.get(..end).unwrap_or_default()
}
