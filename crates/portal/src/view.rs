//! Small things that many pages show in the same way.

use model::Timestamp;
use model::entry::{Abnormal, Category};
use page::{Texts, dates};

pub use page::words::sex_word;

/// The icon of a kind.
pub fn category_icon(category: Category) -> &'static str {
    match category {
        Category::Visit => "i-visit",
        Category::Prescription => "i-rx",
        Category::Injection => "i-inj",
        Category::Laboratory | Category::Physiology => "i-lab",
        Category::Imaging | Category::Endoscopy => "i-img",
        Category::Document | Category::Diagnosis | Category::Patient => "i-doc",
        Category::Allergy => "i-warn",
        Category::Diet => "i-rule",
    }
}

/// The word of a kind.
pub fn category_word(category: Category, texts: Texts) -> String {
    texts.get(&format!("category-{}", category.name()))
}

/// Letters and class of the worst flag: letters first, colour second.
pub fn flag_letters(abnormal: Abnormal) -> (&'static str, &'static str) {
    match abnormal {
        Abnormal::None => ("", ""),
        Abnormal::Abnormal => ("A", "a"),
        Abnormal::VeryAbnormal => ("AA", "a"),
        Abnormal::Low => ("L", "l"),
        Abnormal::High => ("H", "h"),
        Abnormal::VeryLow => ("LL", "l"),
        Abnormal::VeryHigh => ("HH", "h"),
    }
}

/// The flags of a result as sent; that something is normal needs no mark.
pub fn flag_words(flags: &[String]) -> String {
    let marked: Vec<&str> = flags.iter().map(String::as_str).filter(|flag| *flag != "N").collect();
    marked.join(" ")
}

/// An instant beside today: `本日 10:04`, else month and day with the clock, else the full date.
pub fn recent(at: Timestamp, today: i64, texts: Texts) -> String {
    let day = at.jst_day();
    let clock = dates::clock(at);
    if day == today {
        texts.with("today-at", &[("time", &clock)])
    } else if day / 10_000 == today / 10_000 {
        format!("{} {clock}", dates::month_day(day))
    } else {
        format!("{} {clock}", dates::day(day))
    }
}
