//! Where two texts differ, to the character: what stands on one side alone is marked.

use model::limits::DIFFERENCE_CHARACTERS;

/// A stretch of a text, and whether it differs from the other one.
pub type Stretch = (String, bool);

/// Both texts in stretches. Texts beyond [`DIFFERENCE_CHARACTERS`] are marked whole.
pub fn difference(one: &str, other: &str) -> [Vec<Stretch>; 2] {
    let (left, right) = (characters(one), characters(other));
    let limit = usize::try_from(DIFFERENCE_CHARACTERS).unwrap_or(usize::MAX);
    if left.len() > limit || right.len() > limit {
        let is_other = one != other;
        return [vec![(one.to_owned(), is_other)], vec![(other.to_owned(), is_other)]];
    }
    if let Some(marks) = by_place(&left, &right) {
        return [stretches(&left, &marks), stretches(&right, &marks)];
    }
    let common = common_lengths(&left, &right);
    let (mut at_left, mut at_right) = (0, 0);
    let mut marks = [vec![true; left.len()], vec![true; right.len()]];
    while at_left < left.len() && at_right < right.len() {
        if left[at_left] == right[at_right] {
            marks[0][at_left] = false;
            marks[1][at_right] = false;
            at_left += 1;
            at_right += 1;
        } else if common[at_left + 1][at_right] >= common[at_left][at_right + 1] {
            at_left += 1;
        } else {
            at_right += 1;
        }
    }
    [stretches(&left, &marks[0]), stretches(&right, &marks[1])]
}

/// Marks by place, where the texts are as long and few places differ: digits that changed places
/// are two slips to a reader, not one digit that moved.
fn by_place(left: &[String], right: &[String]) -> Option<Vec<bool>> {
    const PLACES: usize = 2;
    let marks: Vec<bool> = left.iter().zip(right).map(|(one, other)| one != other).collect();
    let few = marks.iter().filter(|mark| **mark).count() <= PLACES;
    (left.len() == right.len() && few).then_some(marks)
}

/// Characters as a reader sees them: a variation selector or a voicing mark belongs to the
/// character before it, so that a variant is marked and not an invisible code beside it.
fn characters(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for character in text.chars() {
        let belongs = matches!(character,
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{3099}' | '\u{309a}');
        match all.last_mut() {
            Some(last) if belongs => last.push(character),
            _ => all.push(character.to_string()),
        }
    }
    all
}

/// For each pair of places the length of the longest common sequence of what follows.
fn common_lengths(left: &[String], right: &[String]) -> Vec<Vec<u32>> {
    let mut lengths = vec![vec![0; right.len() + 1]; left.len() + 1];
    for at_left in (0..left.len()).rev() {
        for at_right in (0..right.len()).rev() {
            lengths[at_left][at_right] = match left[at_left] == right[at_right] {
                true => lengths[at_left + 1][at_right + 1] + 1,
                false => lengths[at_left + 1][at_right].max(lengths[at_left][at_right + 1]),
            };
        }
    }
    lengths
}

fn stretches(characters: &[String], marks: &[bool]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (character, mark) in characters.iter().zip(marks) {
        match all.last_mut() {
            Some((text, marked)) if marked == mark => text.push_str(character),
            _ => all.push((character.clone(), *mark)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What differs stands in brackets.
    fn drawn(one: &str, other: &str) -> (String, String) {
        let [left, right] = difference(one, other).map(|side| {
            let draw = |(text, marked): &Stretch| match marked {
                true => format!("[{text}]"),
                false => text.clone(),
            };
            side.iter().map(draw).collect::<String>()
        });
        (left, right)
    }

    #[test]
    fn what_differs_is_marked_to_the_character() {
        for (one, other, left, right) in [
            ("渡邊 和子", "渡辺 和子", "渡[邊] 和子", "渡[辺] 和子"),
            ("1957/06/12", "1957/06/21", "1957/06/[12]", "1957/06/[21]"),
            ("045-123", "045-0123", "045-123", "045-[0]123"),
            ("緑町2-8-1", "緑町2-8-1 コーポ緑 203", "緑町2-8-1", "緑町2-8-1[ コーポ緑 203]"),
            ("葛\u{e0100}城", "葛城", "[葛\u{e0100}]城", "[葛]城"),
            ("同じ", "同じ", "同じ", "同じ"),
            ("", "山田", "", "[山田]"),
        ] {
            assert_eq!(drawn(one, other), (left.to_owned(), right.to_owned()));
        }
        let long = "長".repeat(999);
        assert_eq!(difference(&long, "長")[0], vec![(long.clone(), true)]);
    }

    proptest! {
        #[test]
        fn no_character_is_lost_and_what_is_unmarked_is_the_same(
            one in "[山田太郎邊辺 0-9\u{e0100}]{0,24}",
            other in "[山田太郎邊辺 0-9\u{e0100}]{0,24}",
        ) {
            let [left, right] = difference(&one, &other);
            let whole = |side: &[Stretch]| side.iter().map(|it| it.0.as_str()).collect::<String>();
            let same = |side: &[Stretch]| {
                side.iter().filter(|it| !it.1).map(|it| it.0.as_str()).collect::<String>()
            };
            prop_assert_eq!(whole(&left), one);
            prop_assert_eq!(whole(&right), other);
            prop_assert_eq!(same(&left), same(&right));
        }
    }
}
