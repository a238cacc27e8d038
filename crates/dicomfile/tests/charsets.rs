//! Text as it comes: declared rightly, wrongly, or not at all.

use dicomfile::charset::{Coding, Evidence, SpecificCharacterSet, Votes};
use dicomfile::{DataSet, Text, VR, Verdict, tags};
use proptest::prelude::*;

const NAME: &str = "Yamada^Tarou=山田^太郎=やまだ^たろう";

fn read(raw: &[u8], declared: &str) -> Text {
    read_by(raw, declared, &Evidence::default())
}

fn read_by(raw: &[u8], declared: &str, evidence: &Evidence) -> Text {
    SpecificCharacterSet::parse(declared.as_bytes()).decode(raw, VR::PN, evidence)
}

#[track_caller]
fn check(raw: &[u8], declared: &str, text: &str, used: Coding, verdict: Verdict) {
    let found = read(raw, declared);
    assert_eq!(
        (found.value.as_str(), found.used, found.verdict),
        (text, used, verdict),
        "{declared}"
    );
    assert_eq!(found.raw, raw);
    assert_eq!(found.declared, declared);
}

#[test]
fn what_is_declared_and_true_is_taken() {
    use Verdict::Declared;
    for declared in
        ["\\ISO 2022 IR 87", "ISO 2022 IR 6\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87"]
    {
        let raw = SpecificCharacterSet::parse(declared.as_bytes()).encode(NAME).unwrap();
        check(&raw, declared, NAME, Coding::Iso2022, Declared);
    }
    check(NAME.as_bytes(), "ISO_IR 192", NAME, Coding::Utf8, Declared);
    check(b"Buc^J\xE9r\xF4me", "ISO_IR 100", "Buc^Jérôme", Coding::Latin1, Declared);
    check(b"Plain^Name", "ISO_IR 13", "Plain^Name", Coding::Ascii, Declared);
    let kana = Coding::Katakana.encode("ｻﾄｳ^ﾊﾅｺ").unwrap();
    let both = "ISO 2022 IR 13\\ISO 2022 IR 87";
    let with_kanji = [&kana[..], b"=\x1B$B:4F#\x1B(J^\x1B$B2V;R\x1B(J"].concat();
    check(&with_kanji, both, "ｻﾄｳ^ﾊﾅｺ=佐藤^花子", Coding::Iso2022, Declared);
}

#[test]
fn what_is_declared_and_false_is_repaired() {
    use Verdict::Repaired;
    let shift_jis = Coding::Cp932.encode(NAME).unwrap();
    for declared in ["", "ISO_IR 6", "ISO_IR 100", "ISO_IR 13", "\\ISO 2022 IR 87", "ISO_IR 192"] {
        check(&shift_jis, declared, NAME, Coding::Cp932, Repaired);
        let repaired = if declared == "ISO_IR 192" { Verdict::Declared } else { Repaired };
        check(NAME.as_bytes(), declared, NAME, Coding::Utf8, repaired);
    }
    let escaped = SpecificCharacterSet::parse(b"\\ISO 2022 IR 87").encode(NAME).unwrap();
    check(&escaped, "ISO_IR 100", NAME, Coding::Iso2022, Repaired);
    check(b"M\xFCller^J\xF6rg", "ISO_IR 192", "Müller^Jörg", Coding::Latin1, Repaired);
    let euc = Coding::EucJp.encode(NAME).unwrap();
    check(&euc, "ISO_IR 100", NAME, Coding::EucJp, Repaired);
}

#[test]
fn a_second_byte_of_5c_parts_no_values() {
    for text in ["ソ表能^十", "予定表^ソプラノ"] {
        let raw = Coding::Cp932.encode(text).unwrap();
        assert!(raw.contains(&b'\\'));
        check(&raw, "ISO_IR 100", text, Coding::Cp932, Verdict::Repaired);
    }
    let declared = SpecificCharacterSet::parse(b"\\ISO 2022 IR 87");
    let raw = declared.encode("構成^表題\\別名").unwrap();
    let text = declared.decode(&raw, VR::PN, &Evidence::default());
    assert_eq!(text.values().collect::<Vec<_>>(), ["構成^表題", "別名"]);
}

#[test]
fn states_end_at_line_ends_and_delimiters() {
    let declared = SpecificCharacterSet::parse(b"\\ISO 2022 IR 149");
    let korean = b"\x1B$)C\xB1\xE8^\x1B$)C\xC8\xF1=\xB1\xE8";
    let text = declared.decode(korean, VR::PN, &Evidence::default());
    assert_eq!((text.value.as_str(), text.verdict), ("김^희=김", Verdict::Repaired));
    let upper = SpecificCharacterSet::parse(b"\\ISO 2022 IR 87");
    let undesignated = upper.decode(b"\x1B$B;3ED\x1B(B^\xB1\xE8", VR::PN, &Evidence::default());
    assert_eq!(undesignated.verdict, Verdict::Undecodable, "{}", undesignated.value);
    let in_text = declared.decode(b"\x1B$)C\xB1\xE8^\xC8\xF1\r\nA", VR::LT, &Evidence::default());
    assert_eq!(in_text.value, "김^희\r\nA", "a caret parts names only");
    let unclosed = read(b"\x1B$B;3ED^\x1B$BB@O:", "\\ISO 2022 IR 87");
    assert_eq!(unclosed.value, "山田^太郎", "the way back to ASCII may be forgotten");
}

#[test]
fn half_width_katakana_beside_kanji_need_no_declaration() {
    let raw =
        [&Coding::Katakana.encode("ﾔﾏﾀﾞ^ﾀﾛｳ").unwrap()[..], b"=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B"];
    check(
        &raw.concat(),
        "\\ISO 2022 IR 87",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
        Coding::Iso2022,
        Verdict::Repaired,
    );
}

#[test]
fn evidence_decides_what_bytes_cannot() {
    let raw = Coding::EucJp.encode("山田^太郎").unwrap();
    let alone = read(&raw, "ISO_IR 100");
    assert_eq!(alone.verdict, Verdict::Ambiguous, "{}", alone.value);
    let mut of_study = Evidence::default();
    of_study.study.count(&read(&Coding::EucJp.encode("みなと病院").unwrap(), ""));
    let mut of_source = Evidence::default();
    of_source.source.add(Coding::EucJp, 5);
    let mut of_identity = Evidence::default();
    of_identity.know("山田　太郎");
    for evidence in [of_study, of_source.clone(), of_identity] {
        let text = read_by(&raw, "ISO_IR 100", &evidence);
        assert_eq!((text.value.as_str(), text.verdict), ("山田^太郎", Verdict::Repaired));
    }
    let mut few = Evidence::default();
    few.source.add(Coding::EucJp, 4);
    assert_eq!(read_by(&raw, "", &few).verdict, Verdict::Ambiguous, "a source needs a past");
    let mut other = Evidence::default();
    other.know("ｳﾃｳﾞ");
    of_source.source.add(Coding::Cp932, 5);
    for evidence in [other, of_source] {
        assert_eq!(read_by(&raw, "", &evidence).verdict, Verdict::Ambiguous);
    }
}

#[test]
fn a_known_name_is_known_in_its_variants() {
    let mut evidence = Evidence::default();
    evidence.know("ヤマダ タロウ");
    let raw = Coding::Katakana.encode("ﾔﾏﾀﾞ^ﾀﾛｳ").unwrap();
    let text = read_by(&raw, "ISO_IR 100", &evidence);
    assert_eq!((text.value.as_str(), text.used), ("ﾔﾏﾀﾞ^ﾀﾛｳ", Coding::Cp932));
}

#[test]
fn a_study_votes_by_all_its_text_that_is_certain() {
    let mut item = DataSet::new();
    item.put_bytes(tags::CODE_MEANING, VR::LO, Coding::EucJp.encode("すいぞう").unwrap());
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100")
        .put_bytes(tags::PATIENT_NAME, VR::PN, Coding::EucJp.encode("山田^太郎").unwrap())
        .put_sequence(tags::PROCEDURE_CODE_SEQUENCE, vec![item]);
    let votes = Votes::of(&set);
    assert_eq!(votes.iter().collect::<Vec<_>>(), [(Coding::EucJp, 1)]);
    let evidence = Evidence::of(votes, Votes::default());
    let name = set.text_by(tags::PATIENT_NAME, &set.character_set(None), &evidence).unwrap();
    assert_eq!((name.value.as_str(), name.verdict), ("山田^太郎", Verdict::Repaired));
}

#[test]
fn what_no_coding_reads_is_marked_and_said() {
    let found = read(b"A\xFF\xFE\x80^\xFF", "ISO_IR 100");
    assert_eq!(found.verdict, Verdict::Undecodable);
    assert!(found.value.contains('\u{FFFD}') && !found.value.contains('?'));
}

#[test]
fn characters_outside_of_the_declared_sets_are_refused_by_name() {
    let latin = SpecificCharacterSet::parse(b"ISO_IR 100");
    assert_eq!(latin.encode("é山").unwrap_err().character, '山');
    let mut set = DataSet::new();
    assert!(set.put_text(tags::PATIENT_NAME, "山田").is_err());
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192");
    set.put_text(tags::PATIENT_NAME, "山田").unwrap();
    assert_eq!(set.text(tags::PATIENT_NAME).unwrap().value, "山田");
}

proptest! {
    #[test]
    fn no_bytes_panic_and_no_question_mark_is_invented(
        raw in prop::collection::vec(any::<u8>(), 0..60),
        declared in "(|\\\\|ISO_IR (6|13|87|100|126|127|138|144|149|166|192)|GB18030|GBK|ISO 2022 IR (13|58|159)){1,3}",
    ) {
        let text = read(&raw, &declared);
        prop_assert!(text.value.matches('?').count() <= raw.iter().filter(|b| **b == b'?').count());
    }

    #[test]
    fn what_is_encoded_by_escapes_reads_back(name in "[A-Za-z ]{0,8}\\^[ぁ-んァ-ヶ一-龠]{0,8}=[亜-腕]{1,6}\\^[一-龠]{0,6}") {
        for terms in ["\\ISO 2022 IR 87\\ISO 2022 IR 159", "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159"] {
            let declared = SpecificCharacterSet::parse(terms.as_bytes());
            let Ok(raw) = declared.encode(&name) else { continue };
            let text = declared.decode(&raw, VR::PN, &Evidence::default());
            prop_assert_eq!(&text.value, name.trim_end());
            prop_assert_eq!(text.verdict, Verdict::Declared);
        }
    }
}
