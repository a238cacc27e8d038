//! A copy whose text everybody reads: UTF-8, with what stood there before beside it.

use dicomfile::charset::{Evidence, Votes};
use dicomfile::{DataSet, Element, VR, Value, is_text, tags};
use model::Timestamp;

const UTF8: &str = "ISO_IR 192";

/// Rewrites the text of a header as UTF-8, by the rules by which the index reads it. What is
/// changed at the top stands as it came in the Original Attributes Sequence (PS3.3 C.12.1.1.9),
/// under the Specific Character Set that was declared.
pub(crate) fn repair(set: &mut DataSet, now: Timestamp) {
    let original = set.clone();
    let evidence = Evidence::of(Votes::of(set, &Evidence::default()), Votes::default());
    let declared = set.character_set(None);
    let mut open = vec![(&mut *set, declared)];
    while let Some((set, declared)) = open.pop() {
        for (tag, vr, value) in set.values_mut() {
            match value {
                Value::Sequence(items) => {
                    for item in items.iter_mut() {
                        let own = item.character_set(Some(&declared));
                        open.push((item, own));
                    }
                }
                Value::Bytes(bytes) if tag == tags::SPECIFIC_CHARACTER_SET => {
                    *bytes = UTF8.as_bytes().to_vec();
                }
                Value::Bytes(bytes) if is_text(vr) && is_coded(bytes) => {
                    *bytes = declared.decode(bytes, vr, &evidence).value.into_bytes();
                }
                _ => {}
            }
        }
    }
    set.put_str(tags::SPECIFIC_CHARACTER_SET, UTF8);
    note(set, &original, now);
}

/// Bytes beyond ASCII, or those of a code extension (PS3.5 6.1.2.5).
fn is_coded(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| !byte.is_ascii() || *byte == 0x1B)
}

fn note(set: &mut DataSet, original: &DataSet, now: Timestamp) {
    let changed = original.elements().iter().filter(|one| set.get(one.tag) != Some(one));
    let mut before: DataSet = changed.cloned().collect();
    if before.is_empty() {
        return;
    }
    if let Some(declared) = original.get(tags::SPECIFIC_CHARACTER_SET) {
        before.put(declared.clone());
    }
    let mut item = DataSet::new();
    item.put_sequence(tags::MODIFIED_ATTRIBUTES_SEQUENCE, vec![before])
        .put_bytes(tags::ATTRIBUTE_MODIFICATION_DATE_TIME, VR::DT, stamp(now))
        .put_bytes(tags::MODIFYING_SYSTEM, VR::LO, "MUSUBI")
        .put_bytes(tags::SOURCE_OF_PREVIOUS_VALUES, VR::LO, "")
        .put_bytes(tags::REASON_FOR_THE_ATTRIBUTE_MODIFICATION, VR::CS, "CORRECT");
    let mut items = original.items(tags::ORIGINAL_ATTRIBUTES_SEQUENCE).to_vec();
    items.push(item);
    let value = Value::Sequence(items);
    set.put(Element { tag: tags::ORIGINAL_ATTRIBUTES_SEQUENCE, vr: VR::SQ, value });
}

/// `DT` in Japan's time: `20261123113000+0900`.
fn stamp(now: Timestamp) -> String {
    let seconds = now.0.div_euclid(1_000_000) + 9 * 3_600;
    let of_day = seconds.rem_euclid(86_400);
    let (hours, minutes) = (of_day / 3_600, of_day / 60 % 60);
    format!("{:08}{hours:02}{minutes:02}{:02}+0900", now.jst_day(), of_day % 60)
}
