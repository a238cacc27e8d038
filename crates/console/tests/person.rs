//! The page of a person and the acts on its records: what is seen, what is done, what is refused.

use crate::fixture::{Answer, Fixture};
use http::StatusCode;
use page::headers::CONTENT_SECURITY_POLICY;

async fn preview(fixture: &Fixture, query: &str) -> Answer {
    let answer = fixture.get(&fixture.operator, &format!("/ops/acts?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
    answer
}

/// Looks at the effect and confirms it; `more` is what is typed beside.
async fn act(fixture: &Fixture, query: &str, more: &str) -> Answer {
    let mark = preview(fixture, query).await.hidden("mark");
    let form = format!("{query}&mark={mark}&{more}");
    fixture.post(&fixture.operator, "/ops/acts", &form).await
}

#[tokio::test]
async fn a_person_is_shown_with_records_consent_and_history_and_the_view_is_audited() {
    let fixture = Fixture::new().await;
    let answer = fixture.get(&fixture.operator, &format!("/ops/persons/{}", fixture.yamada)).await;
    assert_eq!(answer.status, StatusCode::OK);
    for words in [
        "<h1>山田 太郎</h1>",
        "ヤマダ タロウ",
        "1948/03/12",
        "昭和23年",
        "この人の記録 2件",
        "市立中央病院",
        "central-pacs",
        "<b>00012</b>",
        "〒231-0000 緑町2丁目 8-1",
        "患者基本（ADT-00）",
        "さくら医院",
        "同意書 版3",
        "市立中央 00012 を新しい人として登録",
        "市立中央 12 をこの人に結び付けた",
        "nakamura",
    ] {
        assert!(answer.body.contains(words), "{words} is not in {}", answer.body);
    }
    assert!(!answer.body.contains("食い違い"), "nothing contradicts here");
    assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY);
    assert_eq!(answer.header("cache-control"), "no-store");
    let row = ("takahashi".to_owned(), "view".to_owned(), true, Some(fixture.yamada));
    assert_eq!(fixture.audited()[0], row);
}

#[tokio::test]
async fn a_link_is_shown_first_then_done_then_undone() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.2", "77-0098");
    let query = format!("act=link&record={record}&person={}", fixture.yamada);
    let before = fixture.events();
    let shown = preview(&fixture, &query).await;
    for words in ["まだ何も変わっていません", "移る記録", "見られる施設：さくら医院"]
    {
        assert!(shown.body.contains(words), "{words} is not in {}", shown.body);
    }
    assert!(shown.body.contains("記録がなくなり、この地域IDは"), "the other ID has no record left");
    assert_eq!(fixture.events(), before, "a preview changes nothing");
    assert_eq!(fixture.person_of(record), fixture.other_yamada);

    let done = act(&fixture, &query, "reason=both+cards+shown").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let place = done.header("location").to_owned();
    assert!(place.starts_with(&format!("/ops/persons/{}?done=link", fixture.yamada)), "{place}");
    assert_eq!(fixture.person_of(record), fixture.yamada);
    let audited = fixture.audited();
    let linked = |row: &&(String, String, bool, Option<i64>)| row.1 == "identity-link" && row.2;
    assert!(audited.iter().filter(linked).any(|row| row.3 == Some(fixture.other_yamada)));

    let page = fixture.get(&fixture.operator, &place).await;
    for words in ["この人の記録 3件", "結び付けました", "both cards shown"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    let old =
        fixture.get(&fixture.operator, &format!("/ops/persons/{}", fixture.other_yamada)).await;
    assert_eq!(old.status, StatusCode::SEE_OTHER, "the other ID leads to the survivor");

    let event = place.split("event=").nth(1).unwrap().split('&').next().unwrap();
    let undone = act(&fixture, &format!("act=undo&event={event}"), "reason=mistaken").await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.body);
    assert_eq!(fixture.person_of(record), fixture.other_yamada);
    let page = fixture.get(&fixture.operator, undone.header("location")).await;
    assert!(page.body.contains("で取り消し済み"), "{}", page.body);
    assert!(!page.body.contains(&format!("act=undo&amp;event={event}")), "it is undone once");
}

#[tokio::test]
async fn a_split_parts_a_record_and_names_the_other_person() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.11", "12");
    let query = format!("act=split&record={record}");
    let shown = preview(&fixture, &query).await;
    assert!(shown.body.contains("新しく発行"), "{}", shown.body);
    assert!(shown.body.contains("見られる施設：なし"), "consent is given anew");
    let done = act(&fixture, &query, "reason=homonym").await;
    let place = done.header("location").to_owned();
    assert!(place.starts_with(&format!("/ops/persons/{}?done=split", fixture.yamada)), "{place}");
    let own = fixture.person_of(record);
    assert_ne!(own, fixture.yamada);
    let page = fixture.get(&fixture.operator, &place).await;
    assert!(page.body.contains(&format!("href=\"/ops/persons/{own}\"")), "{}", page.body);
    let alone = format!("/ops/acts?act=split&record={record}");
    let refused = fixture.get(&fixture.operator, &alone).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("1件だけ"), "{}", refused.body);
}

#[tokio::test]
async fn contradicting_records_are_linked_only_if_it_is_said_expressly() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.2", "88-0001");
    let query = format!("act=link&record={record}&person={}", fixture.yamada);
    let shown = preview(&fixture, &query).await;
    for words in
        ["生年月日か性別が食い違っています", "生年月日と性別が食い違う", "name=\"despite\""]
    {
        assert!(shown.body.contains(words), "{words} is not in {}", shown.body);
    }
    let refused = act(&fixture, &query, "reason=sure").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("結び付けませんでした"), "{}", refused.body);
    assert!(refused.body.contains("value=\"sure\""), "what was typed stays");
    assert_eq!(fixture.person_of(record), fixture.hanako);
    let failed = |row: &(String, String, bool, Option<i64>)| row.1 == "identity-link" && !row.2;
    assert!(fixture.audited().iter().any(failed), "a refused act is audited");

    let done = act(&fixture, &query, "reason=sure&despite=on").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = fixture.get(&fixture.operator, &format!("/ops/persons/{}", fixture.yamada)).await;
    for words in ["記録の間で「生年月日と性別」が食い違っています", "class=\"differs\">1962/07/05"]
    {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
}

#[tokio::test]
async fn an_act_is_done_only_to_what_was_shown() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.11", "12");
    let query = format!("act=split&record={record}");
    let mark = preview(&fixture, &query).await.hidden("mark");
    let other = fixture.record("1.2.392.2", "77-0098");
    let link = format!("act=link&record={other}&person={}", fixture.yamada);
    assert_eq!(act(&fixture, &link, "reason=seen").await.status, StatusCode::SEE_OTHER);
    let form = format!("{query}&mark={mark}&reason=homonym");
    let late = fixture.post(&fixture.operator, "/ops/acts", &form).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("表示したあとに記録が変わりました"), "{}", late.body);
    assert_eq!(fixture.person_of(record), fixture.yamada);
    assert_ne!(late.hidden("mark"), mark, "the new effect can be confirmed");
}

#[tokio::test]
async fn an_act_needs_a_reason_and_our_own_form() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.11", "12");
    let query = format!("act=split&record={record}");
    for reason in ["", "reason=", "reason=+++", &format!("reason={}", "x".repeat(501))] {
        let refused = act(&fixture, &query, reason).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        assert!(refused.body.contains("理由を入力してください"), "{reason}");
    }
    let mark = preview(&fixture, &query).await.hidden("mark");
    let form = format!("{query}&mark={mark}&reason=homonym");
    let own = format!("token={}&{form}", fixture.operator.csrf());
    for (form, origin) in [
        (own.clone(), None),
        (own, Some("https://evil.example")),
        (format!("token=0&{form}"), Some(crate::fixture::OWN)),
        (form, Some(crate::fixture::OWN)),
    ] {
        let refused = fixture.post_from(&fixture.operator, "/ops/acts", form, origin).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert_eq!(fixture.person_of(record), fixture.yamada);
}

#[tokio::test]
async fn persons_are_found_and_offered_to_be_tied() {
    let fixture = Fixture::new().await;
    let answer = fixture.get(&fixture.operator, "/ops/persons?q=%E3%82%84%E3%81%BE%E3%81%A0").await;
    assert!(answer.body.contains("3人"), "{}", answer.body);
    assert!(answer.body.contains("77-0098") && answer.body.contains("88-0001"));
    assert_eq!(fixture.audited()[0].1, "search");
    let to = format!("/ops/persons?q=77-0098&to={}", fixture.yamada);
    let answer = fixture.get(&fixture.operator, &to).await;
    let record = fixture.record("1.2.392.2", "77-0098");
    let offered = format!("/ops/acts?act=link&amp;record={record}&amp;person={}", fixture.yamada);
    assert!(answer.body.contains(&offered), "{}", answer.body);
    let own = format!("/ops/persons?q=00012&to={}", fixture.yamada);
    let answer = fixture.get(&fixture.operator, &own).await;
    assert!(!answer.body.contains("act=link"), "its own records are nothing to tie to it");
    for (query, found) in [("1948%2F3%2F12", 1), ("s23.3.12", 1), ("%E8%8A%B1%E5%AD%90", 1)] {
        let answer = fixture.get(&fixture.operator, &format!("/ops/persons?q={query}")).await;
        assert!(answer.body.contains(&format!("<h2>{found}人</h2>")), "{query}: {}", answer.body);
    }
}
