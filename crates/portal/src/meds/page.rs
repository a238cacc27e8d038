//! `/p/{person}/meds`

use super::bars::{Drug, Given, drugs};
use crate::call::Call;
use crate::days::Period;
use crate::facility::of_source;
use crate::facts::{self, Found};
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::timeline::page::{Choice, facility_choices, period_choices};
use crate::timeline::panel_rows::{duration, status_word};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::fact::{FactBody, MedicationLine};
use model::limits::MEDICATION_LINES;
use page::{Frame, Texts, dates};

struct DrugRow {
    name: String,
    marks: Vec<(String, String)>,
    dose: String,
    bars: Vec<Bar>,
    label: String,
    end: String,
    overlaps: bool,
}

struct Bar {
    class: String,
    x: String,
    width: String,
    y: usize,
    height: usize,
}

struct Tick {
    x: String,
    year: String,
    month: String,
}

struct Line {
    day: String,
    class: String,
    facility: String,
    department: String,
    drug: String,
    dose: String,
    days: String,
    status: String,
    address: String,
}

#[derive(Template)]
#[template(path = "meds.html")]
struct MedsPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    injections: bool,
    facilities: Vec<Choice>,
    periods: Vec<Choice>,
    now_only: bool,
    rows: Vec<DrugRow>,
    all_drugs: usize,
    overlapping: Vec<String>,
    ticks: Vec<Tick>,
    today_x: String,
    lines: Vec<Line>,
    all_lines: usize,
    /// Number of the first line shown, from 1.
    first_line: usize,
    last_line: usize,
    newer: Option<String>,
    older: Option<String>,
}

struct Wanted {
    injections: bool,
    facilities: Vec<i64>,
    period: Period,
    now_only: bool,
    /// Lines of the list before the first one shown.
    skipped: usize,
}

/// Answers `GET /p/{person}/meds`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let facilities = call.query.iter().filter(|(name, _)| name == "f");
    let wanted = Wanted {
        injections: call.value("kind") == Some("injection"),
        facilities: facilities.filter_map(|(_, value)| value.parse().ok()).collect(),
        // Without a choice one year is drawn: bars of many years would be hairlines.
        period: call.value("per").map_or(Period::Year1, |name| match name {
            "all" => Period::All,
            other => Period::from_name(other),
        }),
        now_only: call.value("now").is_some(),
        skipped: call.value("skip").and_then(|value| value.parse().ok()).unwrap_or(0),
    };
    let kind = if wanted.injections { "injection_line" } else { "prescription_line" };
    let (patient, found) = state
        .patient(&call, &reader, person_id, Subject::view("meds"), move |tx, _, patient| {
            facts::of_kinds(tx, patient, &[kind]).map(Some)
        })
        .await?;
    render(&call, &page_of(&call, &reader, &patient, &found, &wanted))
}

fn page_of(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    found: &[Found],
    wanted: &Wanted,
) -> MedsPage {
    let frame = reader.frame(call, "");
    let (texts, today) = (frame.texts(), reader.today());
    let place = |it: &Found| {
        let id = of_source(&patient.facilities, it.source_id)?.id;
        let kept = wanted.facilities.is_empty() || wanted.facilities.contains(&id);
        kept.then(|| patient.facilities.iter().position(|other| other.id == id)).flatten()
    };
    let all = drugs(found, place);
    let oldest = all.iter().flat_map(|it| &it.given).map(|it| it.from).min().unwrap_or(today);
    let from = wanted.period.first_day(today).unwrap_or(oldest);
    let shown: Vec<&Drug<'_>> = all
        .iter()
        .filter(|drug| drug.last_day() >= from)
        .filter(|drug| {
            !wanted.now_only || drug.given.iter().any(|it| (it.from..=it.to).contains(&today))
        })
        .collect();
    let newest = shown.iter().map(|drug| drug.last_day()).max().unwrap_or(today).max(today);
    let scale = Scale::new(from, dates::plus_days(newest, 14));
    let lines = lines(found, patient, from, &place, texts);
    let page_lines = usize::try_from(MEDICATION_LINES).unwrap_or(usize::MAX);
    let skipped = if wanted.skipped < lines.len() { wanted.skipped } else { 0 };
    let mut periods = period_choices(wanted.period, texts);
    if let Some(all) = periods.iter_mut().find(|it| it.value.is_empty()) {
        all.value = "all".to_owned();
    }
    MedsPage {
        head: PatientHead::new(patient, reader, "meds", None),
        base: format!("/p/{}/meds", patient.person_id),
        injections: wanted.injections,
        facilities: facility_choices(patient, &wanted.facilities),
        periods,
        now_only: wanted.now_only,
        overlapping: shown
            .iter()
            .filter(|it| it.overlaps() && it.last_day() >= today)
            .map(|it| it.name.clone())
            .collect(),
        rows: shown.iter().map(|drug| row(drug, &scale, patient, today, texts)).collect(),
        all_drugs: all.len(),
        ticks: ticks(&scale),
        today_x: scale.x(today),
        first_line: if lines.is_empty() { 0 } else { skipped + 1 },
        last_line: lines.len().min(skipped + page_lines),
        newer: (skipped > 0).then(|| address(patient, wanted, skipped.saturating_sub(page_lines))),
        older: (skipped + page_lines < lines.len())
            .then(|| address(patient, wanted, skipped + page_lines)),
        all_lines: lines.len(),
        lines: lines.into_iter().skip(skipped).take(page_lines).collect(),
        frame,
    }
}

/// The address of a page of the list under the same choices.
fn address(patient: &Patient, wanted: &Wanted, skipped: usize) -> String {
    let mut address = format!("/p/{}/meds?skip={skipped}", patient.person_id);
    if wanted.injections {
        address.push_str("&kind=injection");
    }
    for facility in &wanted.facilities {
        address.push_str(&format!("&f={facility}"));
    }
    let period = wanted.period.name();
    address.push_str(&format!("&per={}", if period.is_empty() { "all" } else { period }));
    if wanted.now_only {
        address.push_str("&now=1");
    }
    address
}

/// A true time axis in per cent, old on the left.
struct Scale {
    from: i64,
    to: i64,
    days: i64,
}

impl Scale {
    fn new(from: i64, to: i64) -> Scale {
        Scale { from, to, days: dates::days_between(from, to).max(1) }
    }

    fn share(&self, day: i64) -> f64 {
        let day = day.clamp(self.from, self.to);
        dates::days_between(self.from, day) as f64 / self.days as f64 * 100.0
    }

    fn x(&self, day: i64) -> String {
        format!("{:.2}%", self.share(day))
    }
}

fn row(drug: &Drug<'_>, scale: &Scale, patient: &Patient, today: i64, texts: Texts) -> DrugRow {
    let mut places: Vec<usize> = drug.given.iter().map(|it| it.facility).collect();
    places.sort_unstable();
    places.dedup();
    let lanes = places.len().clamp(1, 3);
    let height = [13, 10, 7][lanes - 1];
    let visible: Vec<&Given<'_>> =
        drug.given.iter().filter(|it| !it.is_folded && it.to >= scale.from).collect();
    let bars = visible.iter().map(|it| {
        let lane = places.iter().position(|place| *place == it.facility).unwrap_or(0) % lanes;
        let width = scale.share(dates::plus_days(it.to, 1)) - scale.share(it.from);
        Bar {
            class: format!("f{}", patient.facilities[it.facility].colour()),
            x: scale.x(it.from),
            width: format!("{width:.2}%"),
            y: if lanes == 1 { 8 } else { 3 + lane * (height + 2) },
            height,
        }
    });
    let spoken = visible.iter().map(|it| {
        let facility = &patient.facilities[it.facility].short;
        format!("{facility} {}–{}", dates::day(it.from), dates::day(it.to))
    });
    let mark = |place: &usize| {
        let facility = &patient.facilities[*place];
        (facility.class(), facility.short.clone())
    };
    let last = drug.last_day();
    let end = if last >= today {
        let left = (dates::days_between(today, last) + 1).to_string();
        texts.with("days-left", &[("day", &dates::month_day(last)), ("n", &left)])
    } else {
        texts.with("days-over", &[("day", &dates::day(last))])
    };
    DrugRow {
        name: drug.name.clone(),
        marks: places.iter().map(mark).collect(),
        dose: doses(drug),
        label: format!("{} {}", drug.name, spoken.collect::<Vec<_>>().join("、")),
        bars: bars.collect(),
        overlaps: drug.overlaps() && last >= today,
        end,
    }
}

/// Every dose of the newest day, each once: what is taken is their sum, whoever ordered them.
fn doses(drug: &Drug<'_>) -> String {
    let mut all: Vec<String> = Vec::new();
    for dose in drug.newest().map(|it| dose(it.line)).filter(|dose| !dose.is_empty()) {
        if !all.contains(&dose) {
            all.push(dose);
        }
    }
    all.join(" ／ ")
}

/// Dose and usage as sent.
fn dose(line: &MedicationLine) -> String {
    let amount = |value: &str, unit: &model::Coded| {
        if value.is_empty() { String::new() } else { format!("{value} {}", unit.display()) }
    };
    let daily = amount(&line.daily_dose, &line.daily_dose_unit);
    let each = amount(&line.dose, &line.dose_unit);
    let parts = [if daily.is_empty() { each } else { daily }, line.usage.display().to_owned()];
    parts.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("　")
}

/// The first of each month; of every third or twelfth where there are many.
fn ticks(scale: &Scale) -> Vec<Tick> {
    let (first_year, first_month, _) = dates::parts(scale.from);
    let step = match scale.days {
        ..=500 => 1,
        501..=1_600 => 3,
        _ => 12,
    };
    let mut ticks = Vec::new();
    let mut month = first_year * 12 + first_month;
    while ticks.len() < 60 {
        let (year, of_year) = (month / 12, month % 12 + 1);
        let day = year * 10_000 + of_year * 100 + 1;
        if day > scale.to {
            break;
        }
        if (of_year - 1) % step == 0 {
            let is_year = of_year == 1 || ticks.is_empty();
            ticks.push(Tick {
                x: scale.x(day),
                year: if is_year { year.to_string() } else { String::new() },
                month: if step == 12 { String::new() } else { of_year.to_string() },
            });
        }
        month += 1;
    }
    ticks
}

fn lines(
    found: &[Found],
    patient: &Patient,
    from: i64,
    place: &impl Fn(&Found) -> Option<usize>,
    texts: Texts,
) -> Vec<Line> {
    let mut lines: Vec<(i64, Line)> = Vec::new();
    for it in found {
        let (FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line)) = &it.fact.body
        else {
            continue;
        };
        let Some(place) = place(it) else { continue };
        let start = it.fact.at.as_ref().or(line.start.as_ref());
        let day = start.map_or(0, model::PartialTime::jst_day);
        if day != 0 && day < from {
            continue;
        }
        let facility = &patient.facilities[place];
        let shown = Line {
            day: if day > 0 { dates::day(day) } else { texts.get("no-date") },
            class: facility.class(),
            facility: facility.short.clone(),
            department: line.department.display().to_owned(),
            drug: line.drug.display().to_owned(),
            dose: dose(line),
            days: duration(line, texts),
            status: status_word(it.fact.status, texts),
            address: format!("/p/{}/e/{}", patient.person_id, it.document_id),
        };
        lines.push((day, shown));
    }
    lines.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    lines.into_iter().map(|(_, line)| line).collect()
}
