//! The filters of the page of images. They live in the address and nowhere else.

use super::card::Card;
use crate::call::{Pairs, query_text};
use crate::days::Period;

/// The filters as the address says them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Facilities; none means all.
    pub facilities: Vec<i64>,
    /// Modalities; none means all.
    pub modalities: Vec<String>,
    /// Body part as sent.
    pub part: Option<String>,
    /// How far back.
    pub period: Period,
    /// The newest day of the page of dates.
    pub from_day: Option<i64>,
}

impl Filter {
    /// Reads the address. What it does not understand it leaves out.
    pub fn read(query: &Pairs) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "f" => filter.facilities.extend(value.parse::<i64>()),
                "m" => filter.modalities.push(value.clone()),
                "part" => filter.part = Some(value.clone()),
                "per" => filter.period = Period::from_name(value),
                "at" => filter.from_day = value.parse().ok(),
                _ => {}
            }
        }
        filter
    }

    /// The address of these filters with another newest day.
    pub fn address(&self, base: &str, from_day: Option<i64>) -> String {
        let day = from_day.map(|day| day.to_string()).unwrap_or_default();
        let facilities: Vec<String> = self.facilities.iter().map(i64::to_string).collect();
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(facilities.iter().map(|facility| ("f", facility.as_str())));
        pairs.extend(self.modalities.iter().map(|modality| ("m", modality.as_str())));
        pairs.push(("part", self.part.as_deref().unwrap_or("")));
        pairs.push(("per", self.period.name()));
        pairs.push(("at", &day));
        format!("{base}{}", query_text(pairs))
    }

    /// Whether anything is filtered out.
    pub fn is_narrow(&self) -> bool {
        !self.facilities.is_empty()
            || !self.modalities.is_empty()
            || self.part.is_some()
            || self.period != Period::All
    }

    /// Whether a study of a facility passes.
    pub fn keeps(&self, card: &Card, facility_id: i64, today: i64) -> bool {
        (self.facilities.is_empty() || self.facilities.contains(&facility_id))
            && (self.modalities.is_empty() || self.modalities.contains(&card.modality))
            && self.part.as_ref().is_none_or(|part| card.parts.contains(part))
            && self.period.first_day(today).is_none_or(|first| card.day >= first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_survive_the_address() {
        let query: Pairs =
            [("f", "3"), ("m", "CT"), ("m", "MR"), ("part", "HEAD"), ("per", "1y"), ("x", "y")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        let filter = Filter::read(&query);
        assert!(filter.is_narrow());
        assert_eq!(
            filter.address("/p/1/images", Some(20261031)),
            "/p/1/images?f=3&m=CT&m=MR&part=HEAD&per=1y&at=20261031"
        );
        assert!(!Filter::read(&Pairs::new()).is_narrow());
    }
}
