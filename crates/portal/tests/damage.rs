//! Stored bytes that are damaged are never shown, and the pages say so.

use crate::fixture;

use fixture::kept::{Kept, document, keep};
use fixture::{Fixture, Record};
use http::StatusCode;
use model::entry::Category;

const WORDS: &str = "保存された内容が壊れている";
const FLAGGED: &str = "[\"bytes-damaged\"]";

#[tokio::test]
async fn bytes_other_than_those_registered_are_never_shown() {
    let fixture = Fixture::new(None).await;
    let base = format!("/p/{}/docs", fixture.person);
    let whole = Kept { bytes: b"what was sent", ..document(0, 1, "経過") };
    let damaged = Kept { bytes: b"what was sEnt", registered: Some(b"what was sent"), ..whole };
    // The remark is only the reason why there are no facts: what was restored since is shown.
    let restored = Kept { number: 3, flags: FLAGGED, ..whole };
    let flagged = Kept { number: 4, flags: FLAGGED, ..damaged };
    let damaged = Kept { number: 2, ..damaged };
    for (kept, is_shown) in [(whole, true), (damaged, false), (restored, true), (flagged, false)] {
        let id = keep(&fixture, &kept);
        let page = fixture.get(&format!("{base}/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains(WORDS), !is_shown, "{}", kept.number);
        assert_eq!(page.body.contains("what was s"), is_shown, "{}", kept.number);
        let file = fixture.get(&format!("{base}/{id}/bytes")).await;
        let expected = match is_shown {
            true => StatusCode::OK,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        assert_eq!(file.status, expected, "{}", kept.number);
        assert_eq!(file.body.contains("what was s"), is_shown, "{}", kept.number);
    }
}

#[tokio::test]
async fn the_panel_says_that_the_bytes_are_damaged() {
    let fixture = Fixture::new(None).await;
    for (number, flags, says) in [(1, FLAGGED, true), (2, "[]", false)] {
        let document_id = keep(&fixture, &Kept { flags, ..document(0, number, "経過") });
        let (day, category, label) = ("20251101", Category::Document, "経過");
        fixture.add(vec![Record { hospital: 0, day, category, label, document_id }]);
        let panel = fixture.get(&format!("/p/{}/e/{document_id}", fixture.person)).await;
        assert_eq!(panel.status, StatusCode::OK);
        assert_eq!(panel.body.contains(WORDS), says, "{flags}");
    }
}
