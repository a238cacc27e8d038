//! `/ops/linkage`: what waits for a human, alarms first, the oldest first among equals.

use crate::call::{Call, query_text};
use crate::question::question_words;
use crate::reader::render;
use crate::record::{RecordLine, record_line};
use crate::refusal::Refusal;
use crate::state::{ConsoleState, refused};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::Timestamp;
use page::{Frame, Texts, dates};
use ports::{Places, QueuePlace, ReviewLine, ReviewQuestion, ReviewQueue, Verdict};
use std::collections::BTreeSet;

/// A review that waits.
struct Line {
    id: i64,
    records: Vec<RecordLine>,
    question: String,
    is_alarm: bool,
    is_put_off: bool,
    bits: String,
    opened: String,
    waits: String,
}

/// A source to filter by.
struct SourceChoice {
    name: String,
    facility: String,
    is_on: bool,
}

/// What was just answered.
struct Notice {
    words: String,
    review_id: i64,
    undo: Option<i64>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct Page {
    frame: Frame,
    open: i64,
    alarms: i64,
    fitting: i64,
    is_filtered: bool,
    sources: Vec<SourceChoice>,
    lines: Vec<Line>,
    next: Option<String>,
    notice: Option<Notice>,
}

/// Answers `GET /ops/linkage?source=&after=`.
pub async fn get(State(state): State<ConsoleState>, call: Call) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let source = call.value("source").map(str::to_owned);
    let after = call.value("after").and_then(place);
    let queue = state.reviews.queue(clerk, source.clone(), after).await;
    let queue = queue.map_err(|error| refused(&call, error))?;
    let frame = reader.frame(&call, "linkage");
    let notice = notice(&call, frame.texts());
    render(&call, &page(frame, queue, source, notice, reader.now))
}

fn page(
    frame: Frame,
    queue: ReviewQueue,
    source: Option<String>,
    notice: Option<Notice>,
    now: Timestamp,
) -> Page {
    let texts = frame.texts();
    let lines = queue.lines.iter().map(|it| line(it, &queue.places, now, texts));
    let next = queue.next.map(|next| {
        let after = format!("{},{},{}", next.rank, next.opened_us, next.id);
        let filter = source.as_deref().unwrap_or_default();
        format!("/ops/linkage{}", query_text([("source", filter), ("after", &after)]))
    });
    Page {
        open: queue.open_count,
        alarms: queue.alarm_count,
        fitting: queue.fitting_count,
        is_filtered: source.is_some(),
        sources: sources(&queue.places, source.as_deref()),
        lines: lines.collect(),
        next,
        notice,
        frame,
    }
}

fn line(review: &ReviewLine, places: &Places, now: Timestamp, texts: Texts) -> Line {
    let records = review.records.iter();
    Line {
        id: review.id,
        records: records.map(|it| record_line(it, &review.records, 0, places, texts)).collect(),
        question: question_words(&review.question, texts),
        is_alarm: matches!(review.question, ReviewQuestion::Contradiction(_)),
        is_put_off: review.is_put_off,
        bits: bits(review.score_millibits),
        opened: dates::minute(review.opened),
        waits: waits(review.opened, now, texts),
    }
}

/// Bits with one digit, signed: `+12.4`.
pub fn bits(millibits: i32) -> String {
    let tenths = (i64::from(millibits.unsigned_abs()) + 50) / 100;
    let sign = if millibits < 0 && tenths > 0 { "−" } else { "+" };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// `3分`, `2時間`, `4日`
fn waits(since: Timestamp, now: Timestamp, texts: Texts) -> String {
    let minutes = now.0.saturating_sub(since.0).max(0) / (60 * Timestamp::SECOND_US);
    let (key, number) = match minutes {
        0..60 => ("waits-minutes", minutes),
        60..1_440 => ("waits-hours", minutes / 60),
        _ => ("waits-days", minutes / 1_440),
    };
    texts.with(key, &[("n", &page::language::grouped(number))])
}

fn sources(places: &Places, chosen: Option<&str>) -> Vec<SourceChoice> {
    let all: BTreeSet<(&str, &str)> = places
        .domains
        .values()
        .flatten()
        .map(|(facility, source)| (source.as_str(), facility.short_name.as_str()))
        .collect();
    let choice = |(name, facility): (&str, &str)| SourceChoice {
        is_on: chosen == Some(name),
        name: name.to_owned(),
        facility: facility.to_owned(),
    };
    all.into_iter().map(choice).collect()
}

fn place(text: &str) -> Option<QueuePlace> {
    let mut parts = text.split(',').map(str::parse::<i64>);
    let mut next = || parts.next()?.ok();
    Some(QueuePlace { rank: next()?, opened_us: next()?, id: next()? })
}

fn notice(call: &Call, texts: Texts) -> Option<Notice> {
    let done = call.value("done")?;
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == done)?;
    let number = |name| call.value(name).and_then(|digits| digits.parse::<i64>().ok());
    Some(Notice {
        words: texts.get(&format!("decided-{}", verdict.name())),
        review_id: number("review")?,
        undo: number("decision"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_have_a_sign_and_one_digit() {
        for (millibits, shown) in [
            (0, "+0.0"),
            (12_449, "+12.4"),
            (-1_250, "−1.3"),
            (-40, "+0.0"),
            (i32::MIN, "−2147483.6"),
        ] {
            assert_eq!(bits(millibits), shown);
        }
    }

    #[test]
    fn a_place_reads_back() {
        let read = place("1,-5,77").unwrap();
        assert_eq!((read.rank, read.opened_us, read.id), (1, -5, 77));
        assert_eq!(place("1,2"), None);
        assert_eq!(place("1,x,2"), None);
    }
}
