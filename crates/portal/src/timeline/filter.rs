//! The filters of the timeline. They live in the address and nowhere else.

use crate::call::{Pairs, query_text};
use crate::days::{Period, read_day};
use model::entry::Category;
use store::timeline_query::Entry;

/// How the timeline is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// 表: dates by facility and kind.
    #[default]
    Matrix,
    /// 一覧: entries by month.
    List,
}

/// The filters as the address says them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Matrix or list.
    pub view: View,
    /// Facilities; none means all.
    pub facilities: Vec<i64>,
    /// Kinds; none means all.
    pub categories: Vec<Category>,
    /// Department as sent.
    pub department: Option<String>,
    /// In-patient or out-patient.
    pub inpatient: Option<bool>,
    /// How far back.
    pub period: Period,
    /// The date to jump to as typed.
    pub jump_typed: String,
    /// The date to jump to.
    pub jump: Option<i64>,
    /// The newest day of the page of dates.
    pub from_day: Option<i64>,
    /// The first document of the page of the list.
    pub from_document: Option<i64>,
}

impl Filter {
    /// Reads the address. What it does not understand it leaves out.
    pub fn read(query: &Pairs) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "v" if value == "list" => filter.view = View::List,
                "f" => filter.facilities.extend(value.parse::<i64>()),
                "c" => filter.categories.extend(Category::from_name(value)),
                "dept" => filter.department = Some(value.clone()),
                "io" => filter.inpatient = Some(value == "in"),
                "per" => filter.period = Period::from_name(value),
                "d" => {
                    filter.jump_typed.clone_from(value);
                    filter.jump = read_day(value);
                }
                "at" => filter.from_day = value.parse().ok(),
                "e" => filter.from_document = value.parse().ok(),
                _ => {}
            }
        }
        filter
    }

    /// The address of these filters with other places in dates and list, without a jump.
    pub fn address(&self, base: &str, from_day: Option<i64>, from_document: Option<i64>) -> String {
        let day = from_day.map(|day| day.to_string()).unwrap_or_default();
        let document = from_document.map(|document| document.to_string()).unwrap_or_default();
        let facilities: Vec<String> = self.facilities.iter().map(i64::to_string).collect();
        let mut pairs = vec![("v", if self.view == View::List { "list" } else { "" })];
        pairs.extend(facilities.iter().map(|facility| ("f", facility.as_str())));
        pairs.extend(self.categories.iter().map(|category| ("c", category.name())));
        pairs.push(("dept", self.department.as_deref().unwrap_or("")));
        pairs.push(("io", self.inpatient.map_or("", |inside| if inside { "in" } else { "out" })));
        pairs.push(("per", self.period.name()));
        pairs.push(("at", &day));
        pairs.push(("e", &document));
        format!("{base}{}", query_text(pairs))
    }

    /// The same filters in the other view.
    pub fn with_view(&self, view: View) -> Filter {
        Filter { view, ..self.clone() }
    }

    /// Whether anything is filtered out.
    pub fn is_narrow(&self) -> bool {
        !self.facilities.is_empty()
            || !self.categories.is_empty()
            || self.department.is_some()
            || self.inpatient.is_some()
            || self.period != Period::All
    }

    /// Whether an entry of a facility passes.
    pub fn keeps(&self, entry: &Entry, facility_id: i64, today: i64) -> bool {
        (self.facilities.is_empty() || self.facilities.contains(&facility_id))
            && (self.categories.is_empty() || self.categories.contains(&entry.category))
            && self.department.as_ref().is_none_or(|wanted| *wanted == entry.department)
            && self.inpatient.is_none_or(|wanted| entry.inpatient == Some(wanted))
            && self.period.first_day(today).is_none_or(|first| entry.day >= first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &[(&str, &str)]) -> Pairs {
        text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn filters_survive_the_address() {
        let filter = Filter::read(&query(&[
            ("v", "list"),
            ("f", "3"),
            ("f", "5"),
            ("c", "laboratory"),
            ("dept", "内科"),
            ("io", "out"),
            ("per", "1y"),
        ]));
        assert_eq!(filter.facilities, [3, 5]);
        assert_eq!(filter.inpatient, Some(false));
        assert!(filter.is_narrow());
        assert_eq!(
            filter.address("/p/1", Some(20261031), None),
            "/p/1?v=list&f=3&f=5&c=laboratory&dept=%E5%86%85%E7%A7%91&io=out&per=1y&at=20261031"
        );
    }

    #[test]
    fn nonsense_filters_nothing() {
        let filter = Filter::read(&query(&[("f", "x"), ("c", "y"), ("per", "z"), ("d", "soon")]));
        assert!(!filter.is_narrow());
        assert_eq!(filter.jump, None);
        assert_eq!(filter.address("/p/1", None, None), "/p/1");
    }
}
