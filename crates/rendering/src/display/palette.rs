//! Palette colour: three tables, whole or in segments (PS3.3 C.7.6.3.1.5, C.7.9.2).

use super::lut::{Descriptor, Lut, words};
use super::samples::{Samples, containers};
use crate::{NativeFrame, Reason};
use dicomfile::{DataSet, Tag, tags};

/// The frame's colours.
pub fn display(frame: &NativeFrame, header: &DataSet) -> Result<Vec<u8>, Reason> {
    let description = &frame.description;
    if description.bits_allocated > 16 {
        return Err(Reason::attribute("BitsAllocated", description.bits_allocated));
    }
    let [red, green, blue] = TABLES.map(|table| read(header, table, description.signed));
    let (red, green, blue) = (red?.eight_bits(), green?.eight_bits(), blue?.eight_bits());
    let samples = Samples::of(description);
    let mut bytes = Vec::with_capacity(description.pixels() * 3);
    for container in containers(frame) {
        let value = samples.value(container);
        bytes.extend([red.entry(value) as u8, green.entry(value) as u8, blue.entry(value) as u8]);
    }
    Ok(bytes)
}

/// Descriptor, data, segmented data of one colour.
type Table = (Tag, Tag, Tag);

/// The elements of red, green and blue.
pub const TABLES: [Table; 3] = [
    (
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
];

fn read(header: &DataSet, table: Table, signed: bool) -> Result<Lut, Reason> {
    let (descriptor, data, segmented) = table;
    if let Some(bytes) = header.bytes(segmented) {
        let descriptor = Descriptor::read(header, descriptor, signed)?;
        let descriptor = descriptor.ok_or_else(|| Reason::missing("palette descriptor"))?;
        let entries = expand(&words(bytes), descriptor.entries)?;
        return descriptor.table(entries);
    }
    Lut::read(header, descriptor, data, signed)?.ok_or_else(|| Reason::missing("palette"))
}

/// Expands discrete, linear and indirect segments (C.7.9.2.1 to C.7.9.2.3).
fn expand(data: &[u16], entries: usize) -> Result<Vec<u16>, Reason> {
    let wrong = |what: &str| Reason::undecodable(format!("segmented palette: {what}"));
    let mut table: Vec<u16> = Vec::with_capacity(entries);
    let mut place = 0;
    let mut borrowed: Option<Borrowed> = None;
    while table.len() < entries {
        let Some([kind, length]) = data.get(place..place + 2) else { break };
        let rest = data.get(place + 2..).unwrap_or_default();
        let count = usize::from(*length);
        match kind {
            0 => {
                table.extend(rest.get(..count).ok_or_else(|| wrong("cut short"))?);
                place += 2 + count;
            }
            1 => {
                let ends = table.last().copied().zip(rest.first().copied());
                let (from, to) = ends.ok_or_else(|| wrong("a line without its ends"))?;
                table.extend(line(from, to, count));
                place += 3;
            }
            2 => {
                let (Some([low, high]), None) = (rest.get(..2), &borrowed) else {
                    return Err(wrong("an indirect segment within another"));
                };
                borrowed = Some(Borrowed { segments: *length, resume: place + 4 });
                // The offset counts bytes from the beginning of the data.
                place = (usize::from(*high) << 16 | usize::from(*low)) / 2;
            }
            _ => return Err(wrong("unknown kind of segment")),
        }
        if *kind != 2
            && let Some(one) = &mut borrowed
        {
            one.segments = one.segments.saturating_sub(1);
        }
        if let Some(Borrowed { segments: 0, resume }) = borrowed {
            place = resume;
            borrowed = None;
        }
    }
    Ok(table)
}

/// Segments of before that an indirect one runs again.
struct Borrowed {
    /// How many are left.
    segments: u16,
    /// Where it goes on behind the indirect segment.
    resume: usize,
}

/// The entries behind `from`, the last of which is `to`.
fn line(from: u16, to: u16, count: usize) -> impl Iterator<Item = u16> {
    let (from, to) = (f64::from(from), f64::from(to));
    let step = (to - from) / count.max(1) as f64;
    (1..=count).map(move |number| (from + step * number as f64).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discrete_linear_and_indirect_segments_expand() {
        let data = [0, 2, 10, 20, 1, 2, 40, 2, 2, 0, 0, 0, 1, 99];
        assert_eq!(expand(&data, 256).unwrap(), [10, 20, 30, 40, 10, 20, 30, 40, 99]);
    }

    #[test]
    fn segments_that_lie_end() {
        assert!(expand(&[0, 9, 1], 256).is_err());
        assert!(expand(&[1, 2, 3], 256).is_err());
        assert!(expand(&[7, 1, 1], 256).is_err());
        // An indirect segment that names itself.
        assert!(expand(&[2, 1, 0, 0], 256).is_err());
        assert_eq!(expand(&[0, 1, 5, 1, 60_000, 9], 4).unwrap().len(), 60_001);
    }
}
