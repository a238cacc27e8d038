//! How far the images of a source are here, how long the rest takes, and of whom something is
//! missing: after a change of the server, of a new source all of it.

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::settings::SourceSettings;
use store::StoreError;
use store::study::{self, MissingPatient, SourceEstimate};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// How far the images of a source are here.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageReport {
    /// Studies and instances, told and held.
    pub estimate: SourceEstimate,
    /// Days until all of it is here, at the set rate and within the set hours; `None` where no
    /// rate is set.
    pub days: Option<f64>,
}

impl Gateway {
    /// How far the images of a source are here.
    ///
    /// # Errors
    /// No such source.
    pub async fn image_report(&self, name: &str) -> Result<ImageReport, GatewayError> {
        let source = self.source(name).await?;
        let (source_id, domain_id) = (source.id, source.domain.id);
        let read = self.store().read(move |tx| -> Result<SourceEstimate, StoreError> {
            study::estimate(tx, source_id, domain_id)
        });
        let estimate = read.await?;
        let days = days(estimate.missing_instances, &source.settings);
        Ok(ImageReport { estimate, days })
    }

    /// A page of the enrolled patients of a source's domain of whom images are missing, or who
    /// were never listed, by number.
    ///
    /// # Errors
    /// No such source.
    pub async fn missing_images(
        &self,
        name: &str,
        after: &str,
        page_rows: u32,
    ) -> Result<Vec<MissingPatient>, GatewayError> {
        let source = self.source(name).await?;
        let (source_id, domain_id, after) = (source.id, source.domain.id, after.to_owned());
        let read = self.store().read(move |tx| -> Result<_, StoreError> {
            study::missing_patients(tx, (source_id, domain_id), &after, page_rows)
        });
        Ok(read.await?)
    }
}

/// Days that so many instances take.
fn days(instances: i64, settings: &SourceSettings) -> Option<f64> {
    let rate = i64::from(settings.files_per_second_max);
    if rate == 0 {
        return None;
    }
    let open_s = match settings.allowed_hours.as_slice() {
        [] => DAY_S,
        spans => {
            let minutes: i64 = spans.iter().map(|span| i64::from(span.minutes())).sum();
            (minutes * 60).clamp(60, DAY_S)
        }
    };
    Some(instances as f64 / (rate * open_s) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_from_rate_and_hours() {
        let mut settings = SourceSettings { files_per_second_max: 10, ..Default::default() };
        assert_eq!(days(1_728_000, &settings), Some(2.0));
        settings.allowed_hours =
            vec!["22:00-06:00".parse().unwrap(), "12:00-13:00".parse().unwrap()];
        assert_eq!(days(10 * 9 * 3_600, &settings), Some(1.0));
        settings.files_per_second_max = 0;
        assert_eq!(days(1, &settings), None);
    }
}
