//! The character set of an answer: that of whoever asked.

use crate::build::{MessageBuilder, Terminator};
use crate::message::Message;
use text::{CharacterSet, Declared, Unmappable};

/// MSH-18 of UTF-8 (HL7 table 0211).
const UTF_8: &str = "UNICODE UTF-8";

/// In what an answer is written, and what its MSH-18 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplySet {
    /// The set.
    pub set: CharacterSet,
    /// MSH-18 as it is written, repetitions included; empty for plain ASCII.
    pub declared: String,
}

impl ReplySet {
    /// The set of UTF-8.
    pub fn utf_8() -> ReplySet {
        ReplySet { set: CharacterSet::Utf8, declared: UTF_8.to_owned() }
    }

    /// What an asker reads: the set that it declares, else the one that it used. Its own name for
    /// it is repeated, since that is what it will recognise.
    pub fn of(asker: &Message) -> ReplySet {
        let declared = asker.segment("MSH").map(|header| header.field(18).raw().to_owned());
        let declared = declared.unwrap_or_default();
        let repetition = asker.separators().repetition;
        let named = declared.split(repetition).find_map(|name| match Declared::from_name(name) {
            Declared::Set(set) => Some(set),
            Declared::Plain | Declared::Unknown => None,
        });
        match (named, asker.report().used) {
            (Some(set), _) => ReplySet { set, declared },
            (None, CharacterSet::Ascii) => {
                ReplySet { set: CharacterSet::Ascii, declared: String::new() }
            }
            (None, CharacterSet::Iso2022Jp) => {
                ReplySet { set: CharacterSet::Iso2022Jp, declared: format!("{repetition}ISO IR87") }
            }
            (None, set @ (CharacterSet::Cp932 | CharacterSet::EucJp)) => {
                ReplySet { set, declared: set.name().to_ascii_uppercase() }
            }
            (None, CharacterSet::Utf8) => ReplySet::utf_8(),
        }
    }
}

/// The bytes of an answer, its MSH-18 included. A character that the asker's set cannot carry
/// turns the whole into UTF-8, said in MSH-18: nothing becomes `?`.
pub fn encode_reply(answer: MessageBuilder, wanted: &ReplySet) -> Vec<u8> {
    let attempt = |wanted: &ReplySet| -> Result<Vec<u8>, Unmappable> {
        let mut answer = answer.clone();
        answer.declare(&wanted.declared);
        answer.to_bytes(wanted.set, Terminator::Cr)
    };
    let utf_8 = ReplySet::utf_8();
    attempt(wanted).or_else(|_| attempt(&utf_8)).unwrap_or_else(|_| {
        // Control characters that no set may carry.
        let mut answer = answer.clone();
        answer.declare(&utf_8.declared);
        let text = answer.build();
        text.chars().filter(|c| !matches!(c, '\0' | '\u{1B}')).collect::<String>().into_bytes()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::SegmentBuilder;

    fn asked(header: &str, name: &str, set: CharacterSet) -> Message {
        let text =
            format!("MSH|^~\\&|A|B|C|D|20260101||QBP^Q22|1|P|2.5||||||{header}\rPID|{name}\r");
        Message::parse(&text::encode(&text, set).unwrap()).unwrap()
    }

    fn answered(asker: &Message, name: &str) -> Message {
        let mut answer = MessageBuilder::new();
        answer.push(SegmentBuilder::new("MSH").text(10, "1"));
        answer.push(SegmentBuilder::new("PID").text(5, name));
        Message::parse(&encode_reply(answer, &ReplySet::of(asker))).unwrap()
    }

    fn told(answer: &Message) -> (String, CharacterSet, String) {
        let name = answer.segment("PID").unwrap().field(5).text().into_owned();
        let declared = answer.segment("MSH").unwrap().field(18).raw().to_owned();
        (declared, answer.report().used, name)
    }

    #[test]
    fn the_answer_comes_in_the_asker_s_set_under_the_asker_s_name() {
        for (declared, name, set) in [
            ("~ISO IR87", "", CharacterSet::Iso2022Jp),
            ("~ISO IR87~ISO IR159", "山", CharacterSet::Iso2022Jp),
            ("UNICODE UTF-8", "", CharacterSet::Utf8),
            ("SHIFT_JIS", "", CharacterSet::Cp932),
            ("EUC-JP", "", CharacterSet::EucJp),
        ] {
            let asker = asked(declared, name, set);
            let expected = (declared.to_owned(), set, "糖尿^病院".to_owned());
            assert_eq!(told(&answered(&asker, "糖尿^病院")), expected);
        }
    }

    #[test]
    fn what_is_not_declared_is_seen_in_the_bytes() {
        let used = |name: &str, set| told(&answered(&asked("", name, set), "山田太郎"));
        assert_eq!(used("カンジャ", CharacterSet::Iso2022Jp).0, "~ISO IR87");
        assert_eq!(used("カンジャ", CharacterSet::Cp932).0, "CP932");
        let plain = asked("", "", CharacterSet::Ascii);
        assert_eq!(told(&answered(&plain, "YAMADA")).0, "");
    }

    #[test]
    fn what_the_set_cannot_carry_comes_in_utf_8() {
        for (declared, set) in [("", CharacterSet::Ascii), ("SHIFT_JIS", CharacterSet::Cp932)] {
            let told = told(&answered(&asked(declared, "", set), "𠮷田"));
            assert_eq!(told, ("UNICODE UTF-8".into(), CharacterSet::Utf8, "𠮷田".into()));
        }
    }
}
