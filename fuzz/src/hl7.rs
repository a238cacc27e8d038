//! HL7 v2: any bytes are read within bounds, and values written again are read as they were.

use hl7v2::build::{MessageBuilder, SegmentBuilder};
use hl7v2::{Message, ReplySet, encode_reply};

/// Segments of one input that are looked through: more say nothing new.
const SEGMENTS: usize = 64;

/// Reads the input, looks at every field, and writes what was said of the patient into an answer
/// in the sender's character set.
pub fn run(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes) else { return };
    let mut answer = MessageBuilder::with_separators(*message.separators());
    answer.push(SegmentBuilder::new("MSH").text(10, "1"));
    let mut kept: Vec<(u32, Vec<String>)> = Vec::new();
    for segment in message.segments().take(SEGMENTS) {
        assert_eq!(message.segment_at(segment.index()).map(|one| one.text()), Some(segment.text()));
        for (number, field) in segment.fields().take(SEGMENTS) {
            assert_eq!(field.raw(), segment.field(number).raw());
            for repetition in field.repetitions().take(SEGMENTS) {
                for component in repetition.components().take(SEGMENTS) {
                    let _ = component.subcomponents().map(|one| one.text().len()).sum::<usize>();
                }
            }
        }
        let values: Vec<String> = segment
            .fields()
            .map(|(_, field)| field.component(1).subcomponent(1).text().into_owned())
            .filter(|value| is_plain(value))
            .take(8)
            .collect();
        if kept.len() < 8 && !values.is_empty() {
            let number = u32::try_from(kept.len()).unwrap_or(0) + 1;
            let components: Vec<&str> = values.iter().map(String::as_str).collect();
            answer.push(SegmentBuilder::new("ZZZ").components(number, &components));
            kept.push((number, values));
        }
    }
    if message.separators() == &hl7v2::Separators::default() {
        written(&message, answer, &kept);
    }
    let pid = message.segment("PID");
    let _ = pid.map(|pid| ssmix2::patient(&pid));
}

/// What an answer says is what was meant, in whatever set it leaves.
fn written(asker: &Message, answer: MessageBuilder, kept: &[(u32, Vec<String>)]) {
    let wanted = ReplySet::of(asker);
    let bytes = encode_reply(answer, &wanted);
    let again = Message::parse(&bytes);
    assert!(again.is_ok(), "an answer of ours cannot be read: {again:?}");
    let Ok(again) = again else { return };
    // Few characters do not tell CP932 from EUC-JP, which is a matter of `text`.
    if again.report().used != wanted.set {
        return;
    }
    let segments = again.segments().filter(|segment| segment.name() == "ZZZ");
    for ((number, values), segment) in kept.iter().zip(segments) {
        for (place, value) in (1..).zip(values) {
            let said = segment.field(*number).component(place).text();
            assert_eq!(said, value.as_str(), "in {:?}", again.report());
        }
    }
}

/// Letters of every set: what sets cannot carry alike is a matter of `text`, not of messages.
fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "|^~\\& 山田太郎カ".contains(c))
}
