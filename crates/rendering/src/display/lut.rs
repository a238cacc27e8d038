//! Lookup tables: a descriptor of three numbers and data (PS3.3 C.11.1.1, C.11.2.1.1).

use crate::Reason;
use dicomfile::{DataSet, Tag, VR};

/// A lookup table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lut {
    /// The input that the first entry stands for.
    first: i64,
    entries: Vec<u16>,
    /// Bits of an entry as the descriptor says.
    bits: u16,
}

impl Lut {
    /// Reads the table of two elements; `signed` says how the first input is written.
    pub fn read(
        set: &DataSet,
        descriptor: Tag,
        data: Tag,
        signed: bool,
    ) -> Result<Option<Lut>, Reason> {
        let Some(descriptor) = Descriptor::read(set, descriptor, signed)? else { return Ok(None) };
        let bytes = set.bytes(data).ok_or_else(|| Reason::missing("LUTData"))?;
        let entries = match descriptor.bits <= 8 && bytes.len() < descriptor.entries * 2 {
            true => bytes.iter().copied().map(u16::from).collect(),
            false => words(bytes),
        };
        descriptor.table(entries).map(Some)
    }

    /// The entry of an input; those outside have the nearest one.
    pub fn entry(&self, input: i64) -> u16 {
        let place = (input - self.first).clamp(0, self.entries.len() as i64 - 1);
        self.entries.get(place as usize).copied().unwrap_or_default()
    }

    /// The largest entry that the table may hold: as the descriptor says, or as its data does.
    pub fn whole(&self) -> u16 {
        let said = u16::MAX >> (16 - self.bits.clamp(1, 16));
        said.max(self.entries.iter().copied().max().unwrap_or_default())
    }

    /// Entries as 8 bits. Tables that say 16 bits and use 8 of them are common.
    pub fn eight_bits(&self) -> Lut {
        let is_wide = self.entries.iter().any(|entry| *entry > 0xFF);
        let down = |entry: &u16| if is_wide { entry >> 8 } else { *entry };
        Lut { first: self.first, entries: self.entries.iter().map(down).collect(), bits: 8 }
    }
}

/// Number of entries, first input, bits of an entry.
pub struct Descriptor {
    /// Number of entries.
    pub entries: usize,
    first: i64,
    bits: u16,
}

impl Descriptor {
    /// Reads the three numbers.
    pub fn read(set: &DataSet, tag: Tag, signed: bool) -> Result<Option<Descriptor>, Reason> {
        let Some(element) = set.get(tag) else { return Ok(None) };
        let numbers = words(element.bytes().unwrap_or_default());
        let [entries, first, bits] = numbers[..] else {
            return Err(Reason::attribute("LUTDescriptor", numbers.len()));
        };
        if !(1..=16).contains(&bits) {
            return Err(Reason::attribute("LUTDescriptor", bits));
        }
        let signed = signed || element.vr == VR::SS;
        let first = if signed { i64::from(first as i16) } else { i64::from(first) };
        let entries = if entries == 0 { 65_536 } else { entries.into() };
        Ok(Some(Descriptor { entries, first, bits }))
    }

    /// The table of these entries; those beyond the number said are no part of it.
    pub fn table(self, mut entries: Vec<u16>) -> Result<Lut, Reason> {
        entries.truncate(self.entries);
        match entries.is_empty() {
            true => Err(Reason::missing("LUTData")),
            false => Ok(Lut { first: self.first, entries, bits: self.bits }),
        }
    }
}

/// Words of little endian.
pub fn words(bytes: &[u8]) -> Vec<u16> {
    let pairs = bytes.chunks_exact(2);
    pairs.filter_map(|pair| pair.try_into().ok()).map(u16::from_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicomfile::tags;

    fn table(descriptor: [u16; 3], data: &[u8]) -> Result<Option<Lut>, Reason> {
        let mut set = DataSet::new();
        let descriptor: Vec<u8> = descriptor.iter().flat_map(|word| word.to_le_bytes()).collect();
        set.put_bytes(tags::LUT_DESCRIPTOR, VR::US, descriptor);
        set.put_bytes(tags::LUT_DATA, VR::OW, data);
        Lut::read(&set, tags::LUT_DESCRIPTOR, tags::LUT_DATA, true)
    }

    #[test]
    fn inputs_outside_have_the_nearest_entry() {
        let lut = table([2, 0xFFFE, 12], &[1, 0, 0xFF, 0x0F]).unwrap().unwrap();
        let entries = [-100, -2, -1, 0, 100].map(|input| lut.entry(input));
        assert_eq!(entries, [1, 1, 4095, 4095, 4095]);
        assert_eq!(lut.whole(), 4095);
    }

    #[test]
    fn eight_bits_stand_in_bytes_or_in_words() {
        let bytes = table([4, 0, 8], &[1, 2, 3, 4]).unwrap().unwrap();
        let wide = table([4, 0, 8], &[1, 0, 2, 0, 3, 0, 4, 0]).unwrap().unwrap();
        assert_eq!(bytes, wide);
        let said_wide = table([2, 0, 16], &[1, 0, 2, 0]).unwrap().unwrap().eight_bits();
        assert_eq!((said_wide.entry(0), said_wide.entry(1)), (1, 2));
        let is_wide = table([2, 0, 16], &[0, 1, 0, 2]).unwrap().unwrap().eight_bits();
        assert_eq!((is_wide.entry(0), is_wide.entry(1)), (1, 2));
    }

    #[test]
    fn a_table_without_entries_or_of_impossible_bits_is_refused() {
        assert!(table([2, 0, 12], &[]).is_err());
        assert!(table([2, 0, 17], &[0, 0]).is_err());
        let none = Lut::read(&DataSet::new(), tags::LUT_DESCRIPTOR, tags::LUT_DATA, false);
        assert_eq!(none, Ok(None));
    }
}
