//! Names in letters: Hepburn, Kunrei and passport spellings of one reading fall together.

use crate::key::{katakana, normalised};

/// The consonants of a name in Latin letters, spellings folded: `OHNO`, `Ono` and `Oono` are
/// `an`, `Shouichi` and `Syoiti` are `st`. A vowel at the beginning stays, as `a`. Empty where a
/// name has no letters.
pub fn romaji_skeleton(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let letters: Vec<char> =
        text.nfkd().flat_map(char::to_lowercase).filter(char::is_ascii_lowercase).collect();
    let mut skeleton = String::new();
    for (at, letter) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|place| letters.get(place)).copied();
        let after = letters.get(at + 1).copied();
        push(&mut skeleton, folded(letter, before, after), at == 0);
    }
    skeleton
}

/// The consonants of a reading in kana, comparable with [`romaji_skeleton`].
pub fn kana_skeleton(text: &str) -> String {
    let kana: Vec<char> = normalised(text.chars()).map(katakana).collect();
    let mut skeleton = String::new();
    for (at, character) in kana.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|place| kana.get(place)).copied();
        let contracted = before.is_some_and(|kana| I_ROW.contains(kana));
        let consonant = match character {
            'ヤ' | 'ユ' | 'ヨ' if contracted => None,
            'ア' | 'イ' | 'ウ' | 'エ' | 'オ' => Some('a'),
            other => row(other),
        };
        push(&mut skeleton, consonant, at == 0);
    }
    skeleton
}

const I_ROW: &str = "キシチニヒミリギジヂビピ";

fn push(skeleton: &mut String, consonant: Option<char>, is_first: bool) {
    let Some(consonant) = consonant else { return };
    let is_kept = match consonant {
        'a' => is_first,
        _ => !skeleton.ends_with(consonant),
    };
    if is_kept {
        skeleton.push(consonant);
    }
}

/// The consonant that a letter stands for in its surroundings; `a` for a vowel.
fn folded(letter: char, before: Option<char>, after: Option<char>) -> Option<char> {
    let is_vowel = |letter: Option<char>| matches!(letter, Some('a' | 'i' | 'u' | 'e' | 'o'));
    match letter {
        'a' | 'i' | 'u' | 'e' | 'o' => Some('a'),
        // sh and ch belong to the letter before; oh is a long vowel.
        'h' if matches!(before, Some('s' | 'c' | 't' | 'p')) => None,
        'h' if is_vowel(after) || after == Some('y') => Some('h'),
        'h' => None,
        's' if before == Some('t') => None,
        'z' if before == Some('d') => None,
        'd' if after == Some('z') => Some('z'),
        'c' if after == Some('h') => Some('t'),
        'c' | 'q' => Some('k'),
        'j' => Some('z'),
        'f' => Some('h'),
        'p' if after == Some('h') => Some('h'),
        'v' => Some('b'),
        'l' => Some('r'),
        'm' if matches!(after, Some('b' | 'p' | 'm')) => Some('n'),
        'y' if before == Some('i') || (before.is_some() && !is_vowel(before)) => None,
        other => Some(other),
    }
}

fn row(kana: char) -> Option<char> {
    Some(match kana {
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'ヵ' | 'ヶ' => 'k',
        'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' => 'g',
        'サ' | 'シ' | 'ス' | 'セ' | 'ソ' => 's',
        'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ヂ' | 'ヅ' => 'z',
        'タ' | 'チ' | 'ツ' | 'テ' | 'ト' => 't',
        'ダ' | 'デ' | 'ド' => 'd',
        'ナ' | 'ニ' | 'ヌ' | 'ネ' | 'ノ' | 'ン' => 'n',
        'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => 'h',
        'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' | 'ヴ' => 'b',
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => 'p',
        'マ' | 'ミ' | 'ム' | 'メ' | 'モ' => 'm',
        'ヤ' | 'ユ' | 'ヨ' => 'y',
        'ラ' | 'リ' | 'ル' | 'レ' | 'ロ' => 'r',
        'ワ' => 'w',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{kana_skeleton, romaji_skeleton};

    #[test]
    fn spellings_of_one_reading_have_one_skeleton() {
        for (kana, spellings) in [
            ("オオノ", &["OHNO", "ONO", "Oono", "Ōno"][..]),
            ("ショウイチ", &["Shoichi", "Syoiti", "Shouichi", "Shōichi"]),
            ("ジュンコ", &["Junko", "Zyunko", "JUNKO"]),
            ("チヅル", &["Chizuru", "Tizuru"]),
            ("ツトム", &["Tsutomu", "Tutomu"]),
            ("フミオ", &["Fumio", "Humio"]),
            ("ハットリ", &["Hattori"]),
            ("イッセイ", &["Issei"]),
            ("シンペイ", &["Shimpei", "Shinpei"]),
            ("ケンイチ", &["Kenichi", "Ken'ichi"]),
            ("キョウコ", &["Kyoko", "Kyouko", "Kiyoko"]),
            ("リョウ", &["Ryo", "Ryoh", "Lyo"]),
        ] {
            for spelling in spellings {
                assert_eq!(romaji_skeleton(spelling), kana_skeleton(kana), "{spelling} {kana}");
            }
        }
        assert_ne!(romaji_skeleton("Yamada"), romaji_skeleton("Yamamoto"));
        assert_eq!(romaji_skeleton("山田"), "");
    }
}
