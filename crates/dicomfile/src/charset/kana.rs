//! Half-width katakana: the characters, and which rows of them are words.

/// The half-width katakana of a byte `A1`–`DF` (JIS X 0201).
pub(crate) fn half_width(byte: u8) -> Option<char> {
    (0xA1..=0xDF).contains(&byte).then(|| char::from_u32(0xFF61 + u32::from(byte - 0xA1))).flatten()
}

/// Whether a character is one of them.
pub(crate) fn is_half_width(character: char) -> bool {
    ('\u{FF61}'..='\u{FF9F}').contains(&character)
}

/// Whether a word of half-width katakana can be pronounced: voice marks stand where they may,
/// small letters and long vowels follow a letter, punctuation is none within a name.
pub(crate) fn is_pronounceable(word: &str) -> bool {
    let mut before: Option<char> = None;
    for character in word.chars() {
        let fits = match character {
            'ﾞ' => before.is_some_and(|b| "ｳｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ".contains(b)),
            'ﾟ' => before.is_some_and(|b| "ﾊﾋﾌﾍﾎ".contains(b)),
            'ｬ' | 'ｭ' | 'ｮ' => before.is_some_and(|b| "ｷｼﾁﾆﾋﾐﾘﾃﾌﾞﾟｳ".contains(b)),
            'ｧ' | 'ｨ' | 'ｩ' | 'ｪ' | 'ｫ' => {
                before.is_some_and(|b| "ｳｼﾁﾃﾄﾌﾂｸﾞｴ".contains(b))
            }
            'ｯ' => before.is_some_and(|b| !"ｯﾝ".contains(b)),
            'ｰ' | 'ﾝ' => before.is_some_and(|b| !"ｯﾝ".contains(b)),
            'ｦ' | '｡' | '｢' | '｣' | '､' => false,
            '･' => before.is_some(),
            _ => true,
        };
        if !fits {
            return false;
        }
        before = Some(character);
    }
    before.is_some_and(|last| last != 'ｯ')
}
