//! The shapes of standard codes: what a code must look like before its system's name is trusted.
//!
//! Names lie: the guideline's own injection samples carry a nine-digit receipt code under `HOT9`.

use model::{Code, Coded};

/// JLAC10 with its parts: analyte 5, identification 4, material 3, method 3, result 2 (absent in
/// codes of 15 characters). The method may be filled with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jlac10<'a> {
    /// 分析物
    pub analyte: &'a str,
    /// 識別
    pub identification: &'a str,
    /// 材料
    pub material: &'a str,
    /// 測定法
    pub method: &'a str,
    /// 結果識別; empty in codes of 15 characters.
    pub result: &'a str,
}

/// Takes a code of JLAC10's shape apart: `^[0-9][A-Z][0-9]{3}[0-9]{4}[0-9]{3}[0-9-]{3}([0-9]{2})?$`.
pub fn jlac10(code: &str) -> Option<Jlac10<'_>> {
    let bytes = code.as_bytes();
    if !matches!(bytes.len(), 15 | 17) || !code.is_ascii() {
        return None;
    }
    let fits = bytes.iter().enumerate().all(|(at, byte)| match at {
        1 => byte.is_ascii_uppercase(),
        12..=14 => byte.is_ascii_digit() || *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    fits.then(|| Jlac10 {
        analyte: &code[..5],
        identification: &code[5..9],
        material: &code[9..12],
        method: &code[12..15],
        result: &code[15..],
    })
}

/// The JLAC10 triple of a coded element whose code has the shape.
pub fn jlac10_of(coded: &Coded) -> Option<(&Code, Jlac10<'_>)> {
    let named = |code: &&Code| {
        code.system.eq_ignore_ascii_case("JC10") || code.system.eq_ignore_ascii_case("JLAC10")
    };
    coded.codes.iter().filter(named).find_map(|code| Some((code, jlac10(&code.code)?)))
}

/// A MEDIS drug number by shape: 7, 9, 11 or 13 digits that begin with 1.
pub fn is_hot(code: &str) -> bool {
    matches!(code.len(), 7 | 9 | 11 | 13)
        && code.starts_with('1')
        && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// An individual drug code (YJ) or price-list code (薬価基準) by shape: seven digits, a capital,
/// four digits.
pub fn is_yj(code: &str) -> bool {
    code.len() == 12
        && code.bytes().enumerate().all(|(at, byte)| match at {
            7 => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit(),
        })
}

/// The standard drug code of a coded element, if one is named and has its shape: HOT first.
pub fn standard_drug_code(coded: &Coded) -> Option<&Code> {
    let hot =
        |code: &&Code| code.system.to_ascii_uppercase().starts_with("HOT") && is_hot(&code.code);
    let yj = |code: &&Code| {
        matches!(code.system.to_ascii_uppercase().as_str(), "YJ" | "MYAK") && is_yj(&code.code)
    };
    coded.codes.iter().find(hot).or_else(|| coded.codes.iter().find(yj))
}

/// A MEDIS disease management number by shape: eight digits.
pub fn is_disease_number(code: &str) -> bool {
    code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The disease management number that stands for "no code" (未コード化傷病名): never coded.
pub const UNCODED_DISEASE: &str = "20084317";

/// A JJ1017 procedure code by shape: 16 or 32 characters of digits and capitals.
pub fn is_jj1017(code: &str) -> bool {
    matches!(code.len(), 16 | 32)
        && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jlac10_has_17_or_15_characters_in_its_shape() {
        let code = jlac10("3A010000002327101").unwrap();
        assert_eq!(code.analyte, "3A010");
        assert_eq!(code.identification, "0000");
        assert_eq!(code.material, "023");
        assert_eq!(code.method, "271");
        assert_eq!(code.result, "01");
        assert_eq!(jlac10("2B0300000022311").unwrap().result, "");
        assert!(jlac10("3A0100000023---01").is_some());
        for wrong in ["", "9A110", "3A01000000232710", "AA010000002327101", "3A010-00002327101"] {
            assert_eq!(jlac10(wrong), None, "{wrong}");
        }
        assert_eq!(jlac10("３A0100000023271"), None);
    }

    #[test]
    fn a_receipt_code_under_the_name_of_hot9_is_not_trusted() {
        assert!(!is_hot("620007329"));
        assert!(is_hot("107750602"));
        let coded = Coded::single("620007329", "ソリタ－Ｔ３号輸液５００ｍＬ", "HOT9");
        assert_eq!(standard_drug_code(&coded), None);
        let coded = Coded::single("2149110F1023", "ダーゼン", "YJ");
        assert!(standard_drug_code(&coded).is_some());
    }
}
