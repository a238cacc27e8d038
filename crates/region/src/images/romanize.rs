//! Readings in other letters: katakana as Latin letters and as hiragana.

/// Latin capitals by the usual spelling of passports, long vowels written out.
pub(crate) fn romanized(kana: &str) -> String {
    let letters: Vec<char> = kana.chars().collect();
    let mut text = String::new();
    let mut is_doubled = false;
    for (at, letter) in letters.iter().enumerate() {
        let small = letters.get(at + 1).and_then(|next| glide(*next));
        let mut syllable = match (letter, small) {
            ('ッ', _) => {
                is_doubled = true;
                continue;
            }
            ('ャ' | 'ュ' | 'ョ', _) => continue,
            (_, Some(vowel)) => glided(syllable(*letter), vowel),
            _ => syllable(*letter).to_owned(),
        };
        if is_doubled && let Some(first) = syllable.chars().next() {
            syllable.insert(0, first);
            is_doubled = false;
        }
        text.push_str(&syllable);
    }
    text
}

/// Hiragana.
pub(crate) fn hiragana(kana: &str) -> String {
    let lower = |character: char| match character {
        'ァ'..='ヴ' => char::from_u32(character as u32 - 0x60).unwrap_or(character),
        other => other,
    };
    kana.chars().map(lower).collect()
}

fn glide(letter: char) -> Option<char> {
    match letter {
        'ャ' => Some('A'),
        'ュ' => Some('U'),
        'ョ' => Some('O'),
        _ => None,
    }
}

/// KI and a small YO are KYO, SHI and a small YO are SHO.
fn glided(syllable: &str, vowel: char) -> String {
    let head = syllable.trim_end_matches('I');
    match head {
        "SH" | "CH" | "J" => format!("{head}{vowel}"),
        _ => format!("{head}Y{vowel}"),
    }
}

fn syllable(letter: char) -> &'static str {
    const KANA: &str = "アイウエオカキクケコガギグゲゴサシスセソザジズゼゾタチツテトダヂヅデドナニヌネノハヒフヘホバビブベボパピプペポマミムメモヤユヨラリルレロワヲン";
    const LATIN: [&str; 71] = [
        "A", "I", "U", "E", "O", "KA", "KI", "KU", "KE", "KO", "GA", "GI", "GU", "GE", "GO", "SA",
        "SHI", "SU", "SE", "SO", "ZA", "JI", "ZU", "ZE", "ZO", "TA", "CHI", "TSU", "TE", "TO",
        "DA", "JI", "ZU", "DE", "DO", "NA", "NI", "NU", "NE", "NO", "HA", "HI", "FU", "HE", "HO",
        "BA", "BI", "BU", "BE", "BO", "PA", "PI", "PU", "PE", "PO", "MA", "MI", "MU", "ME", "MO",
        "YA", "YU", "YO", "RA", "RI", "RU", "RE", "RO", "WA", "O", "N",
    ];
    let place = KANA.chars().position(|known| known == letter);
    place.and_then(|at| LATIN.get(at)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_spelled_as_in_passports() {
        assert_eq!(romanized("タロウ"), "TAROU");
        assert_eq!(romanized("ショウイチ"), "SHOUICHI");
        assert_eq!(romanized("リョウ"), "RYOU");
        assert_eq!(romanized("ハットリ"), "HATTORI");
        assert_eq!(romanized("シンジュン"), "SHINJUN");
        assert_eq!(romanized("ヲワン"), "OWAN");
        assert_eq!(hiragana("ヤマダ"), "やまだ");
    }
}
