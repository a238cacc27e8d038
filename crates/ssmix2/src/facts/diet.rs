//! OMD: diet orders, one fact per ODS.

use crate::codes::coded;
use crate::groups::orders;
use crate::reading::{Reading, is_cancelled, text};
use model::fact::{Diet, FactBody, Status};

pub(super) fn read(reading: &mut Reading<'_>) {
    for group in orders(&reading.segments, "ODS") {
        let status = if is_cancelled(group.orc) { Status::Cancelled } else { Status::Ordered };
        let start = reading.time(group.first("TQ1"), 7);
        let ordered = reading.time(group.orc, 9);
        for ods in group.named("ODS") {
            let diet = Diet {
                diet_type: text(ods.field(1)),
                service_period: coded(ods.field(2)),
                diet: coded(ods.field(3)),
                instructions: ods.field(4).text().trim().to_owned(),
                start: start.clone(),
            };
            let at = start.clone().or_else(|| ordered.clone());
            reading.push(&ods, at, status, FactBody::Diet(diet));
        }
    }
}
