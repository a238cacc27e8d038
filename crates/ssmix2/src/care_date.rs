//! The care date (診療日) of a message, and whether it is the folder's.

use crate::reading::is_named;
use crate::times::Times;
use hl7v2::{Field, Segment};
use model::reason::Flag;
use model::{DataType, PartialTime};

/// Segment and field whose day must be that of the folder (NHO's care-date table). `None` for
/// types without a care date.
pub fn care_date_field(data_type: DataType, is_cancel: bool) -> Option<(&'static str, u32)> {
    use DataType as T;
    Some(match data_type {
        T::Adt00 | T::Adt01 | T::Adt61 | T::Ppr01 => return None,
        T::Adt12 | T::Adt22 => ("PV1", 44),
        T::Adt21 | T::Adt41 => ("PV2", 8),
        T::Adt32 if is_cancel => ("PV2", 47),
        T::Adt31 | T::Adt32 | T::Adt42 => ("EVN", 6),
        T::Adt51 => ("PV2", 9),
        T::Adt52 => ("PV1", 45),
        T::Omd | T::Omp01 | T::Omp02 | T::Oml01 | T::Omg01 | T::Omg02 | T::Omg03 => ("ORC", 9),
        T::Omp11 | T::Omp12 => ("RXA", 3),
        T::Oml11 => ("SPM", 17),
        T::Omg11 | T::Omg12 | T::Omg13 => ("OBR", 7),
    })
}

/// What the message says of its care date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CareDate {
    /// The first time of the care-date field whose day is the folder's (or any, where the folder
    /// has none).
    pub(crate) time: Option<PartialTime>,
    /// The last one.
    pub(crate) last: Option<PartialTime>,
}

/// Compares the care-date field of every group with the folder's date. One group that agrees is
/// enough: an order's groups may be of several days.
pub(crate) fn judge(
    segments: &[Segment<'_>],
    data_type: DataType,
    is_cancel: bool,
    folder: &str,
    times: &mut Times,
) -> CareDate {
    let Some((name, number)) = care_date_field(data_type, is_cancel) else {
        return CareDate::default();
    };
    let fields: Vec<Field<'_>> = segments
        .iter()
        .filter(|segment| is_named(segment, name))
        .map(|segment| segment.field(number))
        .filter(|field| !field.is_empty() && !field.is_null())
        .collect();
    let mut found: Vec<PartialTime> = Vec::new();
    for field in &fields {
        found.extend(times.read(*field));
        found.extend(times.read_end(*field));
    }
    if found.is_empty() {
        times.flags.add(Flag::CareDateMissing);
        return CareDate::default();
    }
    for time in &found {
        times.is_plausible(time);
    }
    if folder != "-" {
        found.retain(|time| is_on(time, folder));
        if found.is_empty() {
            times.flags.add(Flag::CareDateDiffers);
        }
    }
    found.sort_by_key(|time| time.first);
    CareDate { time: found.first().cloned(), last: found.last().cloned() }
}

/// Whether a time is on a day: by its digits (hours 24–47 count to the day they are written
/// with) or by the calendar.
fn is_on(time: &PartialTime, day: &str) -> bool {
    let by_digits = day.get(..8).is_some_and(|day| time.digits.starts_with(day));
    by_digits || day.parse() == Ok(time.jst_day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hl7v2::Message;

    fn flags(message: &str, data_type: DataType, folder: &str) -> Vec<Flag> {
        let message = Message::parse(message.as_bytes()).unwrap();
        let segments: Vec<_> = message.segments().collect();
        let mut times = Times::new("20240101000000000");
        judge(&segments, data_type, false, folder, &mut times);
        times.flags.into_vec()
    }

    #[test]
    fn late_hours_belong_to_the_day_they_are_written_with() {
        let message = "MSH|^~\\&|\rSPM||||||||||||||||| 202401012530\r";
        assert_eq!(flags(message, DataType::Oml11, "20240101"), []);
        assert_eq!(flags(message, DataType::Oml11, "20240102"), []);
        assert_eq!(flags(message, DataType::Oml11, "20240103"), [Flag::CareDateDiffers]);
    }

    #[test]
    fn one_group_that_agrees_is_enough_and_none_is_missing() {
        let message = "MSH|^~\\&|\rORC|NW||||||||20090701\rORC|NW||||||||20110701\r";
        assert_eq!(flags(message, DataType::Omp02, "20110701"), []);
        assert_eq!(
            flags("MSH|^~\\&|\rORC|NW\r", DataType::Omp02, "20110701"),
            [Flag::CareDateMissing]
        );
        assert_eq!(flags("MSH|^~\\&|\rORC|NW\r", DataType::Ppr01, "-"), []);
    }
}
