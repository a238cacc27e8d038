//! Of which ingredient a drug is, as far as its codes and its name tell. Shown as a mark beside
//! what was sent; no drug is renamed or joined by it.

use model::Coded;

/// Forms by which names of drugs end, the longer ones first: what stands before is the substance.
const FORMS: &[&str] = &[
    "口腔内崩壊錠",
    "徐放カプセル",
    "ドライシロップ",
    "徐放錠",
    "腸溶錠",
    "カプセル",
    "シロップ",
    "チュアブル錠",
    "内用液",
    "点眼液",
    "点鼻液",
    "吸入液",
    "注射液",
    "細粒",
    "顆粒",
    "OD錠",
    "CR錠",
    "LA錠",
    "D錠",
    "軟膏",
    "クリーム",
    "ローション",
    "テープ",
    "パップ",
    "坐剤",
    "錠",
    "散",
    "末",
    "注",
    "液",
];

/// Keys of the ingredient: two drugs that share one are of the same substance. A YJ code names
/// class, ingredient and route by its first seven characters; a name does without its maker,
/// strength and form.
pub fn keys(drug: &Coded) -> Vec<String> {
    let mut keys: Vec<String> = drug
        .codes
        .iter()
        .filter(|code| code.system.eq_ignore_ascii_case("YJ"))
        .filter_map(|code| code.code.get(..7).map(|ingredient| format!("yj:{ingredient}")))
        .collect();
    let substance = substance(drug.display());
    if substance.chars().count() >= SUBSTANCE_CHARACTERS_MIN {
        keys.push(format!("name:{substance}"));
    }
    keys
}

/// Shorter rests of names tell nothing.
const SUBSTANCE_CHARACTERS_MIN: usize = 3;

/// Units of a strength, as [`text::key::name_key`] writes them.
const UNITS: &[&str] = &["mg", "g", "μg", "mcg", "ml", "%", "単位", "万単位", "meq", "iu"];

/// `アムロジピン` of `【般】アムロジピンＯＤ錠２．５ｍｇ「サワイ」`.
fn substance(name: &str) -> String {
    let folded = text::key::name_key(&without_brackets(name));
    let rest = without_strength(&folded);
    // A bare number after the form is a strength too; after anything else it is part of the name.
    let numberless = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    without_form(numberless).or_else(|| without_form(rest)).unwrap_or(rest).to_owned()
}

/// What stands before the first number that a unit follows.
fn without_strength(name: &str) -> &str {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut from = 0;
    while let Some(start) =
        name.get(from..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit()))
    {
        let start = from + start;
        let rest = name.get(start..).unwrap_or_default();
        let end = start + rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        let after = name.get(end..).unwrap_or_default();
        if UNITS.iter().any(|unit| after.starts_with(unit)) {
            return name.get(..start).unwrap_or_default();
        }
        from = end;
    }
    name
}

fn without_form(name: &str) -> Option<&str> {
    FORMS.iter().find_map(|form| name.strip_suffix(text::key::name_key(form).as_str()))
}

/// A name without what stands in brackets: maker, `般`, notes of the hospital.
fn without_brackets(name: &str) -> String {
    let mut depth = 0_u32;
    let mut rest = String::new();
    for character in name.chars() {
        match character {
            '「' | '【' | '（' | '(' | '[' | '［' | '〔' | '『' => depth += 1,
            '」' | '】' | '）' | ')' | ']' | '］' | '〕' | '』' => {
                depth = depth.saturating_sub(1);
            }
            other if depth == 0 => rest.push(other),
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_substance_without_maker_strength_and_form() {
        let expected = substance("アムロジピン");
        for name in [
            "アムロジピン錠5mg",
            "アムロジピンＯＤ錠２．５ｍｇ「サワイ」",
            "【般】アムロジピン錠5mg",
            "(院内)アムロジピン口腔内崩壊錠 2.5mg",
            "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg",
        ] {
            assert_eq!(substance(name), expected, "{name}");
        }
        assert_ne!(substance("アムロジピンベシル酸塩錠5mg"), expected);
        assert_eq!(substance("ワーファリン錠1"), substance("ワーファリン錠0.5mg"));
        assert_ne!(substance("ビタミンB1錠"), substance("ビタミンB12錠500μg"));
    }

    #[test]
    fn what_tells_too_little_has_no_key() {
        assert!(keys(&Coded::single("1", "5mg", "99L")).is_empty());
        assert!(keys(&Coded::single("217", "錠", "YJ")).is_empty(), "a code cut short");
        let brand = keys(&Coded::single("2171022F1029", "ノルバスク錠2.5mg", "YJ"));
        assert_eq!(brand[0], "yj:2171022");
    }
}
