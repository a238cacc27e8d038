//! `musubi region`: a synthetic region with its truth.

use crate::cli::RegionArguments;
use crate::clock::SystemClock;
use crate::output;
use model::Clock;
use region::RegionPlan;
use region::images::{Images, ImagingPlan};

/// Writes the region.
pub fn run(arguments: &RegionArguments) -> anyhow::Result<()> {
    let directory = &arguments.directory;
    anyhow::ensure!(
        !directory.exists(),
        "{} is there already: name a directory that is to be made",
        directory.display()
    );
    let day = arguments.reference_day.unwrap_or_else(|| SystemClock.now().jst_day());
    let plan = RegionPlan {
        patients: arguments.patients,
        entries_per_patient: arguments.entries,
        bystanders: if arguments.entries.is_some() { 0 } else { arguments.patients.div_ceil(10) },
        ..RegionPlan::new(arguments.seed, day)
    };
    let region = region::generate(&plan)?;
    region.write(directory)?;
    output::line(format!(
        "made {} patients, seed {}, up to {day}: {}",
        arguments.patients,
        arguments.seed,
        directory.display()
    ));
    if arguments.images {
        let plan = ImagingPlan {
            matrix: usize::from(arguments.matrix),
            slices: arguments.slices,
            ..ImagingPlan::DEMO
        };
        let images = match arguments.ct_studies {
            Some(studies) => Images::sections(&region, &plan, studies),
            None => Images::of(&region, &plan),
        };
        let truth = images.write(directory)?;
        let [mut count, mut size_bytes] = [0, 0];
        for (_, _, instance) in truth.instances() {
            count += 1;
            size_bytes += instance.size_bytes;
        }
        output::line(format!(
            "made {count} DICOM objects of {} studies, {} MB; imaging.json lists them",
            truth.studies.len(),
            size_bytes / 1_000_000
        ));
    }
    output::line("region.json lists facilities and sources, truth.json what is in them");
    Ok(())
}
