//! Decoding: what hospitals' systems really write, and bytes at random.

use proptest::prelude::*;
use text::{CharacterSet, DamageKind, Report, Verdict, decode, detect, encode};

fn read(bytes: &[u8]) -> (CharacterSet, String) {
    let set = detect(bytes);
    (set, decode(bytes, set).text)
}

#[test]
fn iso_2022_jp_with_kana_and_roman() {
    let bytes = b"\x1B$B;3ED\x1B(J\\ ~\x1B(I\x2C\x36^\x1B(Babc";
    assert_eq!(read(bytes), (CharacterSet::Iso2022Jp, "山田\\ ~ｬｶﾞabc".to_owned()));
    assert_eq!(read(b"\x1B$@;3ED\x1B(J"), (CharacterSet::Iso2022Jp, "山田".to_owned()));
    let upper = b"\x1B)I\xB1\xB2\x1B$B;3\x1B(B";
    assert_eq!(read(upper), (CharacterSet::Iso2022Jp, "ｱｲ山".to_owned()));
}

#[test]
fn nec_and_ibm_rows_are_read() {
    assert_eq!(decode(b"\x1B$B-!-5\x1B(B", CharacterSet::Iso2022Jp).text, "①Ⅰ");
    assert_eq!(decode(b"\x1B$By\x75\x1B(B", CharacterSet::Iso2022Jp).text, "\u{FA11}", "﨑");
    assert_eq!(decode(b"\x87\x40\xFB\xFC\xED\x95", CharacterSet::Cp932).text, "①髙﨑");
    assert_eq!(decode(b"\xAD\xA1\xFC\xE2", CharacterSet::EucJp).text, "①髙");
}

#[test]
fn jis_x_0212_is_shown_and_reported() {
    let decoded = decode(b"\x1B$(D0!\x1B(Bx", CharacterSet::Iso2022Jp);
    assert_eq!(decoded.text, "丂x");
    assert_eq!((decoded.damage_count, decoded.gaiji_count), (0, 1));
    assert_eq!(decoded.gaiji[0].bytes, b"0!");
    assert_eq!(decoded.gaiji[0].offset, 4);
    assert_eq!(decode(b"\x8F\xB0\xA1", CharacterSet::EucJp).text, "丂");
}

#[test]
fn user_defined_places_are_marked_and_reported() {
    let decoded = decode(b"\xF0\x40a\xE3\x40", CharacterSet::Cp932);
    assert_eq!(decoded.text, "〓a紂");
    assert_eq!(decoded.gaiji[0].bytes, b"\xF0\x40");
    assert_eq!(decode(b"\x1B$B)!\x1B(B", CharacterSet::Iso2022Jp).text, "〓");
    let decoded = decode("\u{E000}".as_bytes(), CharacterSet::Utf8);
    assert_eq!((decoded.text.as_str(), decoded.gaiji_count), ("〓", 1));
}

#[test]
fn faults_are_marked_and_never_a_question_mark() {
    let decoded = decode(b"\x1B$B;3", CharacterSet::Iso2022Jp);
    assert_eq!(decoded.text, "山\u{FFFD}");
    assert_eq!(decoded.damage[0].kind, DamageKind::Unterminated);
    let decoded = decode(b"\x1B%G;3", CharacterSet::Iso2022Jp);
    assert_eq!(decoded.damage[0].kind, DamageKind::Escape);
    let decoded = decode(b"\x1B$(C0!\x1B(Bx", CharacterSet::Iso2022Jp);
    assert_eq!(decoded.text, "\u{FFFD}〓x", "another country's set");
    let decoded = decode(b"\x82\xA0\x82", CharacterSet::Cp932);
    assert_eq!((decoded.text.as_str(), decoded.damage[0].offset), ("あ\u{FFFD}", 2));
    let decoded = decode(b"\xE5\xB1\xB1\xFFa\0\xE5\xB1", CharacterSet::Utf8);
    assert_eq!(decoded.text, "山\u{FFFD}a\u{FFFD}\u{FFFD}");
    assert_eq!(decoded.damage[2].kind, DamageKind::Unterminated);
    assert!(!decoded.text.contains('?'));
}

#[test]
fn detection_looks_at_the_bytes() {
    let text = "患者氏名：山田　太郎（ヤマダ　タロウ）を診察した。";
    for set in
        [CharacterSet::Iso2022Jp, CharacterSet::Utf8, CharacterSet::Cp932, CharacterSet::EucJp]
    {
        let bytes = encode(text, set).unwrap();
        assert_eq!(read(&bytes), (set, text.to_owned()));
    }
    assert_eq!(detect(b"MSH|^~\\&|"), CharacterSet::Ascii);
    assert_eq!(detect(&encode("ﾔﾏﾀﾞ ﾀﾛｳ", CharacterSet::Cp932).unwrap()), CharacterSet::Cp932);
    let cut = &"患者氏名：山田".as_bytes()[..20];
    assert_eq!(detect(cut), CharacterSet::Utf8, "cut inside a character");
    assert_eq!(read(b"\xEF\xBB\xBFabc").1, "abc");
}

#[test]
fn the_verdict_compares_declaration_and_bytes() {
    let verdict =
        |declared: [&str; 2], used, damage| Report::new(declared, used, damage, 0).verdict;
    let jis = CharacterSet::Iso2022Jp;
    assert_eq!(verdict(["~ISOIR87", "ISO2022-1994"], jis, 0), Verdict::AsDeclared);
    assert_eq!(verdict(["~ISO IR87", ""], CharacterSet::Utf8, 0), Verdict::Differs);
    assert_eq!(verdict(["", ""], CharacterSet::Cp932, 0), Verdict::Undeclared);
    assert_eq!(verdict(["~ISO IR87", ""], CharacterSet::Ascii, 0), Verdict::AsDeclared);
    assert_eq!(verdict(["~ISO IR87", ""], jis, 1), Verdict::Damaged);
    let report = Report::new(["~ISO IR87", ""], jis, 0, 0);
    assert_eq!(report.declared, ["~ISO IR87"]);
}

#[test]
fn what_a_set_cannot_carry_is_refused() {
    let refused = encode("高髙🍣", CharacterSet::EucJp).unwrap_err();
    assert_eq!((refused.character, refused.offset), ('🍣', 6));
    assert!(encode("¥", CharacterSet::Cp932).is_err());
    assert!(encode("山", CharacterSet::Ascii).is_err());
}

fn any_set() -> impl Strategy<Value = CharacterSet> {
    prop::sample::select(CharacterSet::ALL)
}

proptest! {
    #[test]
    fn no_bytes_panic_and_no_question_mark_is_invented(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        set in any_set(),
    ) {
        let decoded = decode(&bytes, set);
        let sent = bytes.iter().filter(|byte| **byte == b'?').count();
        prop_assert!(decoded.text.matches('?').count() <= sent);
        prop_assert!(!decoded.text.contains(['\0', '\x1B']));
        let marks = decoded.text.matches(text::DAMAGE_MARK).count() as u32;
        prop_assert!(marks >= decoded.damage_count);
        let _ = decode(&bytes, detect(&bytes));
    }

    #[test]
    fn escapes_at_random_do_not_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "\x1B", "$", "(", "B", "J", "I", "D", "$B", "\x1B$B", "\x1B(B", "\x1B$(D", "!", "~", "x", "\x7F",
        ]), 0..40),
    ) {
        let bytes = pieces.concat().into_bytes();
        let _ = decode(&bytes, detect(&bytes));
        let _ = decode(&bytes, CharacterSet::Iso2022Jp);
    }

    #[test]
    fn encoding_is_undone_by_decoding(
        text in "[ -~あ-んァ-ヶー一-龠ｦ-ﾟ①-⑳Ⅰ-Ⅹ髙﨑　、。〓]{0,60}",
        set in any_set(),
    ) {
        if let Ok(bytes) = encode(&text, set) {
            let decoded = decode(&bytes, set);
            prop_assert_eq!(decoded.text, text);
            prop_assert_eq!(decoded.damage_count, 0);
        }
    }
}
