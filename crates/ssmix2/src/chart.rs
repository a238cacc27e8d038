//! The chart key: under which values of several hospitals stand in one row.

use crate::code_shape::jlac10_of;
use model::Coded;
use model::code::is_local_system;

/// Result identifications of JLAC10 that do not change what is measured: order, quantity, ratio.
/// All others do (judgement, score, titre; from 51 on item-specific, such as the kinds of a white
/// cell differential) and become part of the key.
const QUANTITY_RESULTS: &[&str] = &["", "00", "01", "02"];

/// The key of a result's row.
///
/// - `JC10:` with analyte, identification and material where the code has JLAC10's shape, then
///   `-` and the result identification where that makes it another quantity; the method is a
///   footnote.
/// - `<system>:<code>` for other systems that are not local.
/// - `local:<system>:<code>`, with `@` and the specimen's code where one was sent. The source is
///   for the reader to add: two sources' local codes never mean the same.
///
/// The unit is no part of the key; values with other units never share a row all the same.
pub(crate) fn chart_key(item: &Coded, specimen: &Coded) -> String {
    if let Some((_, code)) = jlac10_of(item) {
        let mut key = format!("JC10:{}{}{}", code.analyte, code.identification, code.material);
        if !QUANTITY_RESULTS.contains(&code.result) {
            key.push('-');
            key.push_str(code.result);
        }
        return key;
    }
    let untrusted = |system: &str| {
        is_local_system(system)
            || system.eq_ignore_ascii_case("JC10")
            || system.eq_ignore_ascii_case("JLAC10")
    };
    let coded = || item.codes.iter().filter(|code| !code.code.is_empty());
    if let Some(code) = coded().find(|code| !untrusted(&code.system)) {
        return format!("{}:{}", code.system, code.code);
    }
    let mut key = match coded().find(|code| is_local_system(&code.system)).or(coded().next()) {
        Some(code) => format!("local:{}:{}", code.system, code.code),
        None if item.display().is_empty() => return String::new(),
        None => format!("local:text:{}", text::key::name_key(item.display())),
    };
    if let Some(specimen) = specimen.codes.iter().find(|code| !code.code.is_empty()) {
        key.push('@');
        key.push_str(&specimen.code);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Code;

    fn key(codes: &[(&str, &str, &str)]) -> String {
        let codes = codes
            .iter()
            .map(|(code, text, system)| Code {
                code: (*code).to_owned(),
                text: (*text).to_owned(),
                system: (*system).to_owned(),
            })
            .collect();
        chart_key(&Coded { codes }, &Coded::default())
    }

    #[test]
    fn methods_share_a_row_and_kinds_of_results_do_not() {
        assert_eq!(key(&[("3A010000002327101", "", "JC10")]), "JC10:3A0100000023");
        assert_eq!(key(&[("3A010000002399901", "", "jc10")]), "JC10:3A0100000023");
        assert_eq!(key(&[("3A0100000023271", "", "JC10")]), "JC10:3A0100000023");
        assert_eq!(key(&[("2A160000001930951", "", "JC10")]), "JC10:2A1600000019-51");
        assert_eq!(key(&[("2A160000001930952", "", "JC10")]), "JC10:2A1600000019-52");
        assert_eq!(key(&[("5F016143002302311", "", "JC10")]), "JC10:5F0161430023-11");
    }

    #[test]
    fn the_standard_code_is_found_in_either_place() {
        let standard = ("3A010000002327101", "", "JC10");
        let local = ("10222", "ＴＰ", "99X03");
        assert_eq!(key(&[local, standard]), key(&[standard, local]));
    }

    #[test]
    fn what_is_local_or_of_no_shape_stays_with_its_source() {
        assert_eq!(key(&[("10222", "ＴＰ", "99X03")]), "local:99X03:10222");
        assert_eq!(key(&[("9A110", "心電図", "JC10")]), "local:JC10:9A110");
        assert_eq!(key(&[("9A110", "", "JC10"), ("7", "", "99A")]), "local:99A:7");
        assert_eq!(key(&[("7", "", "")]), "local::7");
        assert_eq!(key(&[("8867-4", "Heart rate", "LN")]), "LN:8867-4");
        assert_eq!(key(&[("", "", "")]), "");
        assert!(key(&[("", "総蛋白", "")]).starts_with("local:text:"));
    }

    #[test]
    fn a_local_code_is_told_apart_by_its_specimen() {
        let item = Coded::single("10", "糖", "99X03");
        let serum = chart_key(&item, &Coded::single("023", "血清", "JC10"));
        let urine = chart_key(&item, &Coded::single("001", "尿", "JC10"));
        assert_ne!(serum, urine);
    }
}
