//! Messages into facts, one module per kind.

mod administration;
mod allergy;
mod bacteriology;
mod diagnosis;
mod diet;
mod examination;
mod insurance;
mod lab_order;
mod lab_result;
mod medication;
mod observation;
mod patient;
mod physiology;
mod visit;

use crate::reading::Reading;
use model::DataType;

/// Reads the facts of a message by the data type of its folder.
pub(crate) fn read(reading: &mut Reading<'_>) {
    match reading.data_type {
        DataType::Adt00 => patient::read(reading),
        DataType::Adt61 => allergy::read(reading),
        DataType::Adt01
        | DataType::Adt12
        | DataType::Adt21
        | DataType::Adt22
        | DataType::Adt31
        | DataType::Adt32
        | DataType::Adt41
        | DataType::Adt42
        | DataType::Adt51
        | DataType::Adt52 => visit::read(reading),
        DataType::Ppr01 => diagnosis::read(reading),
        DataType::Omd => diet::read(reading),
        DataType::Omp01 | DataType::Omp02 => medication::read(reading),
        DataType::Omp11 | DataType::Omp12 => administration::read(reading),
        DataType::Oml01 => lab_order::read(reading),
        DataType::Oml11 => lab_result::read(reading),
        DataType::Omg01 | DataType::Omg02 | DataType::Omg03 | DataType::Omg11 | DataType::Omg12 => {
            examination::read(reading)
        }
        DataType::Omg13 => physiology::read(reading),
    }
    if !matches!(reading.data_type, DataType::Adt00 | DataType::Adt61) {
        allergy::read_beside(reading);
    }
}
