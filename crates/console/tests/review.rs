//! The review of linkage: the queue, one pair side by side, the three answers, and taking them
//! back.

use crate::fixture::{Answer, Fixture};
use http::StatusCode;

/// The key of the review about two records, as the queue links to it.
async fn review_of(fixture: &Fixture, local_id: &str) -> i64 {
    let queue = fixture.get(&fixture.operator, "/ops/linkage").await;
    assert_eq!(queue.status, StatusCode::OK);
    let pairs = queue.body.split("<tbody>").skip(1);
    let pair = pairs.into_iter().find(|pair| pair.contains(local_id));
    let pair = pair.unwrap_or_else(|| panic!("{local_id} does not wait: {}", queue.body));
    let key = pair.split("/ops/linkage/").nth(1).unwrap().split('"').next().unwrap();
    key.parse().unwrap()
}

/// Looks at the effect of an answer and confirms it.
async fn answer(fixture: &Fixture, query: &str, more: &str) -> Answer {
    let shown = fixture.get(&fixture.operator, &format!("/ops/acts?{query}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{query}: {}", shown.body);
    let form = format!("{query}&mark={}&{more}", shown.hidden("mark"));
    fixture.post(&fixture.operator, "/ops/acts", &form).await
}

#[tokio::test]
async fn the_queue_counts_what_waits_and_is_filtered_by_source() {
    let fixture = Fixture::with_doubtful().await;
    let all = fixture.get(&fixture.operator, "/ops/linkage").await;
    for words in ["名寄せの確認", "待ち 1組", "77-0500", "00500", "人が確認する理由"]
    {
        assert!(all.body.contains(words), "{words} is not in {}", all.body);
    }
    assert_eq!(all.header("cache-control"), "no-store");
    let of = |source: &str| format!("/ops/linkage?source={source}");
    let ours = fixture.get(&fixture.operator, &of("prefectural")).await;
    assert!(ours.body.contains("絞り込み中 1組") && ours.body.contains("77-0500"));
    let none = fixture.get(&fixture.operator, &of("central-pacs")).await;
    assert!(none.body.contains("絞り込み中 0組") && !none.body.contains("77-0500"));
    assert!(none.body.contains("確認を待つ組はありません"), "{}", none.body);
    let beyond = fixture.get(&fixture.operator, "/ops/linkage?after=2,0,0").await;
    assert!(!beyond.body.contains("77-0500"), "a place goes on behind what was shown");
}

#[tokio::test]
async fn a_pair_stands_side_by_side_with_differences_bits_and_conditions() {
    let fixture = Fixture::with_doubtful().await;
    let review = review_of(&fixture, "77-0500").await;
    let page = fixture.get(&fixture.operator, &format!("/ops/linkage/{review}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "この2つの記録は同じ人ですか",
        "1957/06/<mark>12</mark>",
        "1957/06/<mark>21</mark>",
        "市立中央病院",
        "県立総合病院",
        "生年月日",
        "満たさない",
        "違う日です",
        "今は別々の人の記録です",
        "同一人物とすると",
        "次の画面で確定します",
        "まだ判定されていません",
    ] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    assert!(fixture.audited().iter().any(|row| row.1 == "view" && row.3.is_some()));
    let sum = tenths(page.body.split("class=\"total\"").nth(1).unwrap());
    let rows: i64 = page.body.split("<td class=\"w").skip(1).map(tenths).sum::<i64>() - sum;
    assert!((rows - sum).abs() <= 10, "the bits shown add up, but for rounding: {rows} {sum}");
}

/// The first number of a stretch of the page, in tenths.
fn tenths(text: &str) -> i64 {
    let begin = text.find(['+', '−']);
    let cell = text.find("</td>").unwrap_or(text.len());
    let Some(begin) = begin.filter(|begin| *begin < cell || text.contains("<b>")) else { return 0 };
    let digits: String =
        text[begin..].chars().skip(1).take_while(|it| it.is_ascii_digit() || *it == '.').collect();
    let number: i64 = digits.replace('.', "").parse().unwrap();
    if text[begin..].starts_with('−') { -number } else { number }
}

#[tokio::test]
async fn saying_the_same_joins_and_taking_it_back_parts_again() {
    let fixture = Fixture::with_doubtful().await;
    let review = review_of(&fixture, "77-0500").await;
    let (one, other) =
        (fixture.record("1.2.392.1", "00500"), fixture.record("1.2.392.2", "77-0500"));
    assert_ne!(fixture.person_of(one), fixture.person_of(other));
    let query = format!("act=decide&review={review}&verdict=same");
    let refused = answer(&fixture, &query, "reason=asked").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "birth dates contradict");
    assert_ne!(fixture.person_of(one), fixture.person_of(other));

    let done = answer(&fixture, &query, "reason=asked&despite=on").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(fixture.person_of(one), fixture.person_of(other));
    let queue = fixture.get(&fixture.operator, done.header("location")).await;
    assert!(queue.body.contains("同一人物と判定しました"), "{}", queue.body);
    let page = fixture.get(&fixture.operator, &format!("/ops/linkage/{review}")).await;
    assert!(page.body.contains("同一人物と判定済み") && page.body.contains("asked"));
    let again = fixture.get(&fixture.operator, &format!("/ops/acts?{query}")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("すでに判定されています"), "{}", again.body);

    let undo = page.body.split("act=undo-decision&amp;decision=").nth(1).unwrap();
    let decision = undo.split('&').next().unwrap();
    let undo = format!("act=undo-decision&decision={decision}&review={review}");
    let undone = answer(&fixture, &undo, "").await;
    assert_eq!(undone.header("location"), format!("/ops/linkage/{review}"), "{}", undone.body);
    assert_ne!(fixture.person_of(one), fixture.person_of(other));
    assert_eq!(review_of(&fixture, "77-0500").await, review, "it waits again");
}

#[tokio::test]
async fn two_people_stay_two_and_what_is_put_off_still_waits() {
    let fixture = Fixture::with_doubtful().await;
    let review = review_of(&fixture, "77-0500").await;
    let later = format!("act=decide&review={review}&verdict=later");
    let done = answer(&fixture, &later, "reason=letter+sent").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let queue = fixture.get(&fixture.operator, "/ops/linkage").await;
    assert!(queue.body.contains("保留中") && queue.body.contains("待ち 1組"), "{}", queue.body);
    let two = format!("act=decide&review={review}&verdict=not-same");
    let done = answer(&fixture, &two, "reason=brothers").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let queue = fixture.get(&fixture.operator, "/ops/linkage").await;
    assert!(queue.body.contains("確認を待つ組はありません"), "{}", queue.body);
    let page = fixture.get(&fixture.operator, &format!("/ops/linkage/{review}")).await;
    for words in ["別人と判定済み", "brothers", "letter sent"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
}

#[tokio::test]
async fn reviews_are_the_operators_alone() {
    let fixture = Fixture::with_doubtful().await;
    let review = review_of(&fixture, "77-0500").await;
    for whom in [&fixture.staff, &fixture.doctor] {
        for path in [
            "/ops/linkage".to_owned(),
            format!("/ops/linkage/{review}"),
            format!("/ops/acts?act=decide&review={review}&verdict=same"),
        ] {
            let refused = fixture.get(whom, &path).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
        }
        let form = format!("act=decide&review={review}&verdict=not-same&mark=0&reason=x");
        let refused = fixture.post(whom, "/ops/acts", &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(review_of(&fixture, "77-0500").await, review);
}
