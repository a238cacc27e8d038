//! Addresses as keys: evidence of a household, never of a person.

use crate::key::search_text;

/// The parts of an address that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressKey {
    /// Everything but numbers and buildings, without 都道府県, 大字 and 字.
    pub area: String,
    /// The first numbers (丁目, 番地, 号; a house number abroad), joined by `-`.
    pub numbers: String,
}

/// How many numbers tell a house; a fourth is a room, which many leave out.
const NUMBERS: usize = 3;

/// The key of an address on one line. `中央町１丁目２番地３号`, `中央町1-2-3` and `中央町一丁目２の３`
/// are one; what follows the numbers of a Japanese address is a building, and left out.
pub fn address_key(text: &str) -> AddressKey {
    let folded: Vec<char> = numerals(&search_text(text));
    let is_japanese = folded.iter().any(|character| !character.is_ascii());
    let mut key = AddressKey::default();
    let (mut count, mut is_in_number) = (0, false);
    for (at, character) in folded.iter().copied().enumerate() {
        if character.is_ascii_digit() {
            if !is_in_number {
                count += 1;
            }
            if count <= NUMBERS {
                if !is_in_number && count > 1 {
                    key.numbers.push('-');
                }
                key.numbers.push(character);
            }
            is_in_number = true;
            continue;
        }
        is_in_number = false;
        if count > 0 && is_japanese {
            if !is_between_numbers(&folded, at) {
                break;
            }
        } else if character.is_alphanumeric() || !character.is_ascii() {
            key.area.push(character);
        }
    }
    key.area = shortened(&key.area);
    key
}

/// Whether the letters from here on lead to the next number of the house.
fn is_between_numbers(folded: &[char], at: usize) -> bool {
    matches!(
        folded.get(at),
        Some('丁' | '目' | '番' | '地' | '号' | 'の' | 'ノ' | '-' | 'ー' | '之')
    )
}

/// Kanji numerals before 丁目, 番 and 号 as digits.
fn numerals(text: &str) -> Vec<char> {
    let characters: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(characters.len());
    let mut at = 0;
    while at < characters.len() {
        let length = characters.iter().skip(at).take_while(|c| value(**c).is_some()).count();
        let after = characters.get(at + length);
        if length > 0 && matches!(after, Some('丁' | '番' | '号')) {
            let number =
                characters.iter().skip(at).take(length).fold(0_u64, |number, numeral| match value(
                    *numeral,
                ) {
                    Some(10) => number.max(1).saturating_mul(10),
                    Some(digit) if number % 10 == 0 && number > 0 => number + digit,
                    Some(digit) => number.saturating_mul(10).saturating_add(digit),
                    None => number,
                });
            out.extend(number.to_string().chars());
            at += length;
        } else {
            out.extend(characters.get(at));
            at += 1;
        }
    }
    out
}

fn value(numeral: char) -> Option<u64> {
    let place = "〇一二三四五六七八九十".chars().position(|character| character == numeral)?;
    u64::try_from(place).ok()
}

/// An area without its prefecture, 大字 and 字: many leave them out.
fn shortened(area: &str) -> String {
    let characters: Vec<char> = area.chars().collect();
    let prefecture = characters
        .iter()
        .take(4)
        .position(|character| matches!(character, '都' | '道' | '府' | '県'));
    let from = match prefecture {
        // 京都府 has a 都 before its 府; 都 as first or second is a town's own.
        Some(1) if area.starts_with("京都府") => 3,
        Some(2 | 3) => prefecture.map_or(0, |at| at + 1),
        _ => 0,
    };
    let rest: String = characters.iter().skip(from).collect();
    rest.replace("大字", "").replace('字', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writings_of_one_address_are_one_key() {
        for writing in [
            "鳥取県港市中央町１丁目２番３号",
            "鳥取県港市中央町1-2-3",
            "港市中央町１－２－３　メゾン桜２０５",
            "鳥取県港市中央町一丁目2番地の3",
            "港市大字中央町１ー２―３",
            "鳥取県港市中央町1丁目2-3-205",
        ] {
            let key = address_key(writing);
            assert_eq!(
                (key.area.as_str(), key.numbers.as_str()),
                ("港市中央町", "1-2-3"),
                "{writing}"
            );
        }
        assert_eq!(address_key("京都府京都市上京区二十三番").numbers, "23");
        assert_eq!(address_key("京都府京都市上京区").area, "京都市上京区");
        let abroad = address_key("13 Sturt Street, Glen Iris");
        assert_eq!((abroad.area.as_str(), abroad.numbers.as_str()), ("sturtstreetgleniris", "13"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[一二十百丁目番地号の0-9０-９ー-]{0,20}") {
            let key = address_key(&text);
            prop_assert!(key.numbers.split('-').count() <= NUMBERS);
        }
    }
}
