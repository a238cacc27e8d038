//! The list: entries by month, 200 a page.

use super::filter::{Filter, View};
use super::shown::Shown;
use crate::patient::Patient;
use crate::view::{category_icon, category_word, flag_letters};
use model::entry::Category;
use model::limits::LIST_ENTRIES;
use page::{Texts, dates};

/// What the template draws.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// Months with their entries.
    pub months: Vec<Month>,
    /// Number of the first entry shown, from 1.
    pub first: usize,
    /// Number of the last entry shown.
    pub last: usize,
    /// Entries in all.
    pub total: usize,
    /// The address of the newer page.
    pub newer: Option<String>,
    /// The address of the older page.
    pub older: Option<String>,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2026年11月`, or the word for "no date".
    pub label: String,
    /// Entries of this month on this page.
    pub count: usize,
    /// How many of them are new.
    pub new: usize,
    /// Entries.
    pub entries: Vec<Line>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The document.
    pub document_id: i64,
    /// Where it leads.
    pub address: String,
    /// Whether that is a page of its own, not a panel beside this one.
    pub is_page: bool,
    /// `11/18`
    pub date: String,
    /// `水`
    pub weekday: &'static str,
    /// Whether the line above has the same date, which is then not written again.
    pub same_day: bool,
    /// Classes of the facility's mark.
    pub class: String,
    /// Short name of the facility.
    pub facility: String,
    /// Icon of the kind.
    pub icon: &'static str,
    /// Word of the kind.
    pub word: String,
    /// What it is.
    pub title: String,
    /// More about it.
    pub detail: String,
    /// Flag letters.
    pub flag: &'static str,
    /// Class of the flag.
    pub flag_class: &'static str,
    /// Department as sent.
    pub department: String,
    /// Taken since the last visit.
    pub is_new: bool,
}

/// Makes the page of the list that the filters ask for.
pub fn build(patient: &Patient, entries: &[Shown], filter: &Filter, texts: Texts) -> List {
    let page_entries = usize::try_from(LIST_ENTRIES).unwrap_or(usize::MAX);
    let start = start_of_page(entries, filter);
    let end = entries.len().min(start + page_entries);
    let base = format!("/p/{}", patient.person_id);
    let list = filter.with_view(View::List);
    let address =
        |place: usize| list.address(&base, None, entries.get(place).map(|it| it.entry.document_id));
    List {
        months: months(patient, &entries[start..end], texts),
        first: if entries.is_empty() { 0 } else { start + 1 },
        last: end,
        total: entries.len(),
        newer: (start > 0).then(|| address(start.saturating_sub(page_entries))),
        older: (end < entries.len()).then(|| address(end)),
    }
}

/// Groups entries by month.
pub fn months(patient: &Patient, entries: &[Shown], texts: Texts) -> Vec<Month> {
    let mut months: Vec<(i64, Month)> = Vec::new();
    let mut day_before = None;
    for shown in entries {
        let mut line = line(patient, shown, texts);
        line.same_day = day_before == Some(shown.entry.day);
        day_before = Some(shown.entry.day);
        let number = shown.entry.day / 100;
        if months.last().is_none_or(|(month, _)| *month != number) {
            let label = match number {
                0 => texts.get("no-date"),
                _ => dates::month(shown.entry.day, texts.language),
            };
            months.push((number, Month { label, count: 0, new: 0, entries: Vec::new() }));
        }
        if let Some((_, month)) = months.last_mut() {
            month.count += 1;
            month.new += usize::from(line.is_new);
            month.entries.push(line);
        }
    }
    months.into_iter().map(|(_, month)| month).collect()
}

/// What one entry is, in words: `検査 22項目`, `処方 35日分`, a document's title.
pub fn title(shown: &Shown, texts: Texts) -> String {
    let entry = &shown.entry;
    let word = category_word(entry.category, texts);
    if let Some(study) = &shown.study {
        return format!("{} {}", study.modality, study.title);
    }
    let count = page::language::grouped(entry.item_count);
    match entry.category {
        Category::Laboratory if entry.item_count > 0 => {
            texts.with("title-laboratory", &[("n", &count)])
        }
        Category::Prescription | Category::Injection => {
            let days = entry.until_day.map(|last| dates::days_between(entry.day, last) + 1);
            let key = match entry.label.as_str() {
                ssmix2::ORDER_LABEL => "title-drugs-ordered",
                ssmix2::PERFORMED_LABEL => "title-drugs-performed",
                _ => "title-drugs",
            };
            let drugs = texts.with(key, &[("word", &word), ("n", &count)]);
            match days.filter(|_| entry.category == Category::Prescription) {
                Some(days) => {
                    format!("{drugs} {}", texts.with("days-n", &[("n", &days.to_string())]))
                }
                None => drugs,
            }
        }
        Category::Document if !entry.label.is_empty() => entry.label.clone(),
        _ if entry.label.is_empty() => word,
        _ => format!("{word} {}", entry.label),
    }
}

fn line(patient: &Patient, shown: &Shown, texts: Texts) -> Line {
    let entry = &shown.entry;
    let facility = &patient.facilities[shown.facility];
    let (flag, flag_class) = flag_letters(entry.abnormal);
    Line {
        document_id: entry.document_id,
        address: match &shown.study {
            Some(study) => study.address.clone(),
            None => format!("/p/{}/e/{}", patient.person_id, entry.document_id),
        },
        is_page: shown.study.is_some(),
        date: if entry.day > 0 { dates::month_day(entry.day) } else { texts.get("no-date") },
        weekday: if entry.day > 0 { dates::weekday(entry.day, texts.language) } else { "" },
        same_day: false,
        class: facility.class(),
        facility: facility.short.clone(),
        icon: category_icon(entry.category),
        word: category_word(entry.category, texts),
        title: title(shown, texts),
        detail: match (&shown.study, shown.also_from.len()) {
            (Some(study), _) => format!("{}　{}", study.counts, study.state),
            (None, 0) => String::new(),
            (None, several) => texts.count("also-from", several + 1),
        },
        flag,
        flag_class,
        department: entry.department.clone(),
        is_new: patient.previous.is_some_and(|last| entry.taken > last),
    }
}

fn start_of_page(entries: &[Shown], filter: &Filter) -> usize {
    if let Some(jump) = filter.jump {
        return entries.iter().position(|it| it.entry.day <= jump).unwrap_or(0);
    }
    let wanted = filter.from_document;
    entries.iter().position(|it| Some(it.entry.document_id) == wanted).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::shown::tests::entry;
    use super::*;
    use page::Language;
    use store::timeline_query::Entry;

    #[test]
    fn a_prescription_says_whether_it_was_ordered_or_dispensed() {
        let of = |label: &str, language| {
            let entry = entry(1, 1, 20261026, Category::Prescription);
            let entry =
                Entry { label: label.into(), item_count: 3, until_day: Some(20261028), ..entry };
            title(
                &Shown { entry, facility: 0, also_from: Vec::new(), study: None },
                Texts { language },
            )
        };
        assert_eq!(of("オーダ", Language::Japanese), "処方オーダ 3剤 3日");
        assert_eq!(of("実施", Language::Japanese), "処方実施 3剤 3日");
        assert_eq!(of("28日", Language::Japanese), "処方 3剤 3日", "read by older rules");
        let english = [of("オーダ", Language::English), of("実施", Language::English)];
        assert!(english[0].contains(" order, 3 drugs"), "{english:?}");
        assert!(english[1].contains(" dispensed, 3 drugs"), "{english:?}");
    }
}
