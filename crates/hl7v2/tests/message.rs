//! Messages as hospitals write them, and bytes at random.

use hl7v2::build::{MessageBuilder, SegmentBuilder, Terminator};
use hl7v2::{Message, ParseError, Separators, unescape};
use proptest::prelude::*;
use text::{CharacterSet, Verdict};

fn sample() -> MessageBuilder {
    MessageBuilder::new()
        .segment(SegmentBuilder::new("MSH").text(7, "20240401").raw(18, "~ISO IR87"))
        .segment(
            SegmentBuilder::new("PID")
                .components(3, &["0000000123", "", "", "", "PI"])
                .repetitions(
                    5,
                    &[
                        &["魁|斎^", "太郎", "", "", "", "", "L", "I"],
                        &["サイ", "タロウ", "", "", "", "", "L", "P"],
                    ],
                ),
        )
        .segment(SegmentBuilder::new("OBX").text(5, "一\\二~三&四\n五"))
}

fn check(bytes: &[u8]) -> Message {
    let message = Message::parse(bytes).unwrap();
    let names: Vec<&str> = message.segments().map(|segment| segment.name()).collect();
    assert_eq!(names, ["MSH", "PID", "OBX"]);
    let pid = message.segment("PID").unwrap();
    assert_eq!(pid.index(), 1);
    assert_eq!(pid.field(3).component(1).text(), "0000000123");
    let names: Vec<String> = pid
        .field(5)
        .repetitions()
        .map(|name| format!("{} {}", name.component(1).text(), name.component(8).text()))
        .collect();
    assert_eq!(names, ["魁|斎^ I", "サイ P"]);
    assert_eq!(message.segment("OBX").unwrap().field(5).text(), "一\\二~三&四\n五");
    message
}

#[test]
fn every_character_set_and_segment_end_reads_alike() {
    let sets =
        [CharacterSet::Iso2022Jp, CharacterSet::Utf8, CharacterSet::Cp932, CharacterSet::EucJp];
    for set in sets {
        for terminator in [Terminator::Cr, Terminator::Lf, Terminator::CrLf] {
            let bytes = sample().to_bytes(set, terminator).unwrap();
            let message = check(&bytes);
            assert_eq!(message.report().used, set);
            let same = set == CharacterSet::Iso2022Jp;
            let verdict = if same { Verdict::AsDeclared } else { Verdict::Differs };
            assert_eq!(message.report().verdict, verdict);
            check(bytes.strip_suffix(terminator.bytes()).unwrap());
            check(&[&bytes[..], b"\x1C"].concat());
            check(&[b"\x0B", &bytes[..], b"\x1C\r"].concat());
            check(&[&bytes[..], b"\0\0\0"].concat());
        }
    }
}

#[test]
fn delimiters_inside_of_kanji_do_not_split() {
    let bytes = sample().to_bytes(CharacterSet::Iso2022Jp, Terminator::Cr).unwrap();
    assert!(bytes.windows(2).any(|pair| pair[0] > b' ' && pair[1] == b'|'));
    let katakana = SegmentBuilder::new("ZZZ").text(1, "ソ表ー申～｜＾").text(2, "y");
    let message = MessageBuilder::new().segment(SegmentBuilder::new("MSH")).segment(katakana);
    for set in [CharacterSet::Cp932, CharacterSet::Iso2022Jp] {
        let parsed = Message::parse(&message.to_bytes(set, Terminator::Cr).unwrap()).unwrap();
        let segment = parsed.segment("ZZZ").unwrap();
        assert_eq!((segment.field(1).raw(), segment.field(2).raw()), ("ソ表ー申～｜＾", "y"));
    }
}

#[test]
fn a_fault_ends_with_its_segment() {
    let bytes = b"MSH|^~\\&|\rZZA|\x1B$B;3\rZZB|\x1B$B;3\x1B(B|x\r";
    let message = Message::parse(bytes).unwrap();
    assert_eq!(message.segment("ZZA").unwrap().field(1).raw(), "山\u{FFFD}");
    assert_eq!(message.segment("ZZB").unwrap().field(1).raw(), "山");
    assert_eq!(message.segment("ZZB").unwrap().field(2).raw(), "x");
    assert_eq!(message.report().verdict, Verdict::Damaged);
    let offset = message.findings().damage[0].offset;
    assert_eq!(message.segment_of_offset(offset), Some(1));
}

#[test]
fn roman_left_on_does_not_move_delimiters() {
    let bytes = b"MSH|^~\\&|\rPID|||1||\x1B$B;3\x1B(J^A~\x1B$B;3\x1B(J\\T\\B\r";
    let message = Message::parse(bytes).unwrap();
    let name = message.segment("PID").unwrap().field(5);
    assert_eq!(name.repetitions().count(), 2);
    assert_eq!(name.repetitions().last().unwrap().text(), "山&B");
}

#[test]
fn header_numbering_and_odd_delimiters() {
    let message = Message::parse(b"MSH#!@$%#A#B!C#D\rPID###1!2@3%4\r").unwrap();
    let header = message.segment("MSH").unwrap();
    assert_eq!(header.field(1).raw(), "#");
    assert_eq!(header.field(2).raw(), "!@$%");
    assert_eq!(header.field(3).raw(), "A");
    assert_eq!(header.field(4).component(2).text(), "C");
    let second = message.segment("PID").unwrap().field(3).repetitions().nth(1).unwrap();
    assert_eq!(second.component(1).subcomponent(2).text(), "4");
    let numbered: Vec<(u32, &str)> =
        header.fields().map(|(number, field)| (number, field.raw())).collect();
    assert_eq!(numbered, [(2, "!@$%"), (3, "A"), (4, "B!C"), (5, "D")]);
    let short = Message::parse(b"MSH|^~|A\r").unwrap();
    assert_eq!(*short.separators(), Separators::default());
}

#[test]
fn null_empty_and_missing_are_told_apart() {
    let message = Message::parse(b"MSH|^~\\&|\rPID|1||\"\"|x^\"\"\r").unwrap();
    let pid = message.segment("PID").unwrap();
    assert!(pid.field(3).is_null() && !pid.field(3).is_empty());
    assert_eq!(pid.field(3).text(), "");
    assert!(pid.field(2).is_empty() && pid.field(99).is_empty() && pid.field(0).is_empty());
    assert!(pid.field(4).component(2).is_null());
    assert_eq!(pid.field(2).repetitions().count(), 0);
    assert!(pid.field(4).component(0).is_empty() && pid.field(4).component(3).is_empty());
}

#[test]
fn escapes_are_taken_apart_and_yen_signs_stay() {
    let read = |raw: &str| unescape(raw, &Separators::default(), CharacterSet::Cp932).into_owned();
    assert_eq!(read(r"a\F\b\S\c\T\d\R\e\E\f"), r"a|b^c&d~e\f");
    assert_eq!(read(r"a\.br\b\H\c\N\d"), "a\nbcd");
    assert_eq!(read(r"\X0D0A\x\X8140\"), "\r\nx　");
    assert_eq!(read(r"\1,000 \E\ 500\"), r"\1,000 \ 500\");
    assert_eq!(read(r"\Zab\ \X1\ \\"), r"\Zab\ \X1\ \\");
}

#[test]
fn lines_that_are_no_segments_continue_the_one_before() {
    let message = Message::parse(b"MSH|^~\\&|\rOBX|1|TX|||one\ntwo|F\rOBX|2\r").unwrap();
    assert_eq!(message.segment_count(), 3);
    assert_eq!(message.segment("OBX").unwrap().field(5).text(), "one\ntwo");
    assert_eq!(message.segment_at(2).unwrap().field(1).raw(), "2");
}

#[test]
fn what_is_no_message_is_named() {
    assert_eq!(Message::parse(b"").unwrap_err(), ParseError::Empty);
    assert_eq!(Message::parse(b"\x0B\r\n\x1C").unwrap_err(), ParseError::Empty);
    assert_eq!(Message::parse(b"\x89PNG").unwrap_err(), ParseError::NotHl7 { offset: 0 });
    assert_eq!(Message::parse(b"MSHA|").unwrap_err(), ParseError::NotHl7 { offset: 0 });
    assert_eq!(Message::parse(b"MS").unwrap_err(), ParseError::Truncated { bytes: 2 });
    assert_eq!(Message::parse(b"MSH|").unwrap_err(), ParseError::Truncated { bytes: 4 });
}

#[test]
fn limits_hold() {
    let many = [b"MSH|^~\\&|\r".to_vec(), b"OBX\r".repeat(200_000)].concat();
    assert_eq!(Message::parse(&many).unwrap_err(), ParseError::TooManySegments);
    let wide = [b"MSH|^~\\&|\rOBX|".to_vec(), vec![b'x'; 17 * 1024 * 1024]].concat();
    assert_eq!(Message::parse(&wide).unwrap_err(), ParseError::SegmentTooLarge { index: 1 });
    let lines = [b"MSH|^~\\&|\rOBX|".to_vec(), b"x\n".repeat(9 * 1024 * 1024)].concat();
    assert_eq!(Message::parse(&lines).unwrap_err(), ParseError::SegmentTooLarge { index: 1 });
    let fields = [b"MSH|^~\\&|\rOBX".to_vec(), b"|x".repeat(5_000)].concat();
    let message = Message::parse(&fields).unwrap();
    let segment = message.segment("OBX").unwrap();
    assert_eq!(segment.field(4_095).raw(), "x");
    assert_eq!(segment.field(4_096).raw().len(), 2 * (5_000 - 4_096) + 1, "the rest");
    assert_eq!(segment.field(4_097).raw(), "");
    assert_eq!(segment.fields().last().unwrap().0, 4_096);
    assert_eq!(segment.fields().last().unwrap().1.raw(), segment.field(4_096).raw());
}

type Tree = Vec<Vec<Vec<String>>>;

fn any_tree() -> impl Strategy<Value = Tree> {
    let value = "[ -~あ-んァ-ヶー亜-腕①-⑩ｱ-ﾝ　\n\r]{0,8}|\"\"";
    let components = prop::collection::vec(prop::collection::vec(value, 1..3), 1..4);
    prop::collection::vec(components, 1..3)
}

fn any_separators() -> impl Strategy<Value = Separators> {
    prop_oneof![
        Just(Separators::default()),
        Just(Separators {
            field: '#',
            component: '!',
            repetition: '@',
            escape: '$',
            subcomponent: '%',
        }),
    ]
}

fn read_tree(field: hl7v2::Field<'_>) -> Tree {
    field
        .repetitions()
        .map(|repetition| {
            repetition
                .components()
                .map(|component| {
                    component.subcomponents().map(|part| part.text().into_owned()).collect()
                })
                .collect()
        })
        .collect()
}

/// What every Japanese message has: CP932 and EUC-JP cannot be told apart by one sign alone.
fn evidence(set: CharacterSet) -> SegmentBuilder {
    let pid = SegmentBuilder::new("PID");
    match set {
        CharacterSet::Ascii => pid,
        _ => pid
            .components(5, &["ニホンバシ", "シンタロウ"])
            .text(11, "ひらがなのあるじゅうしょのせつめい"),
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Message::parse(&bytes);
        let with_header = [b"MSH|^~\\&|".to_vec(), bytes].concat();
        if let Ok(message) = Message::parse(&with_header) {
            for segment in message.segments() {
                for number in 0..30 {
                    for repetition in segment.field(number).repetitions() {
                        let _ = repetition.component(number).subcomponent(1).text();
                    }
                }
                let _ = (segment.name(), segment.fields().count());
            }
        }
    }

    #[test]
    fn headers_at_random_do_not_panic(header in "MSH[ -~あ¥]{0,12}", rest in "[A-Z|^~&\\\\\r]{0,60}") {
        if let Ok(message) = Message::parse(format!("{header}\r{rest}").as_bytes()) {
            for segment in message.segments() {
                let _ = segment.field(1).component(1).text();
            }
        }
    }

    #[test]
    fn parsing_undoes_building(
        fields in prop::collection::vec(any_tree(), 1..6),
        separators in any_separators(),
        set in prop::sample::select(CharacterSet::ALL),
        terminator in prop::sample::select(vec![Terminator::Cr, Terminator::Lf, Terminator::CrLf]),
    ) {
        let mut segment = SegmentBuilder::new("ZZZ");
        for (at, tree) in fields.iter().enumerate() {
            segment = segment.tree(at as u32 + 1, tree.clone());
        }
        let built = MessageBuilder::with_separators(separators)
            .segment(SegmentBuilder::new("MSH").text(3, "x"))
            .segment(evidence(set))
            .segment(segment);
        let Ok(bytes) = built.to_bytes(set, terminator) else { return Ok(()) };
        let message = Message::parse(&bytes).unwrap();
        prop_assert_eq!(*message.separators(), separators);
        prop_assert_eq!(message.segment_count(), 3);
        let segment = message.segment("ZZZ").unwrap();
        for (at, tree) in fields.iter().enumerate() {
            let field = segment.field(at as u32 + 1);
            let nothing = tree == &vec![vec![vec![String::new()]]];
            let wanted = if nothing { Tree::new() } else { tree.clone() };
            prop_assert_eq!(read_tree(field), wanted);
        }
    }
}
