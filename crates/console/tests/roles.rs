//! Who may work at the desk, and on whose records.

use crate::fixture::Fixture;
use http::{Request, StatusCode};

#[tokio::test]
async fn doctors_find_nothing_here() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.11", "12");
    for path in [
        "/ops/persons".to_owned(),
        "/ops/persons?q=%E5%B1%B1%E7%94%B0".to_owned(),
        format!("/ops/persons/{}", fixture.yamada),
        format!("/ops/acts?act=split&record={record}"),
    ] {
        let answer = fixture.get(&fixture.doctor, &path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("山田"), "{path}");
    }
    let form = format!("act=split&record={record}&mark=0&reason=x");
    let answer = fixture.post(&fixture.doctor, "/ops/acts", &form).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(fixture.person_of(record), fixture.yamada);
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_sign_in() {
    let fixture = Fixture::new().await;
    for path in ["/ops/persons", "/ops/persons/1", "/ops/acts?act=split&record=1"] {
        let answer = fixture.send(None, Request::get(path), String::new()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.header("location"), "/sign-in", "{path}");
    }
}

#[tokio::test]
async fn staff_work_on_persons_whose_every_record_is_their_own() {
    let fixture = Fixture::new().await;
    let own = fixture.get(&fixture.staff, &format!("/ops/persons/{}", fixture.yamada)).await;
    assert_eq!(own.status, StatusCode::OK);
    let found = fixture.get(&fixture.staff, "/ops/persons?q=%E5%B1%B1%E7%94%B0").await;
    assert!(found.body.contains("00012") && !found.body.contains("77-0098"), "{}", found.body);
    let strange = fixture.get(&fixture.staff, &format!("/ops/persons/{}", fixture.hanako)).await;
    let missing = fixture.get(&fixture.staff, "/ops/persons/999999").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    assert_eq!(strange.body, missing.body, "not for you is not there, byte for byte");
    let audited = fixture.audited();
    assert_eq!((audited[1].1.as_str(), audited[1].2), ("denied", false));

    let record = fixture.record("1.2.392.2", "77-0098");
    for query in [
        format!("act=link&record={record}&person={}", fixture.yamada),
        format!(
            "act=link&record={}&person={}",
            fixture.record("1.2.392.1", "00012"),
            fixture.hanako
        ),
        format!("act=split&record={record}"),
    ] {
        let shown = fixture.get(&fixture.staff, &format!("/ops/acts?{query}")).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{query}");
        let form = format!("{query}&mark=0&reason=x");
        let done = fixture.post(&fixture.staff, "/ops/acts", &form).await;
        assert_eq!(done.status, StatusCode::NOT_FOUND, "{query}");
    }
    let split = format!("act=split&record={}", fixture.record("1.2.392.11", "12"));
    let shown = fixture.get(&fixture.staff, &format!("/ops/acts?{split}")).await;
    let form = format!("{split}&mark={}&reason=homonym", shown.hidden("mark"));
    let done = fixture.post(&fixture.staff, "/ops/acts", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test]
async fn once_a_record_of_another_house_is_linked_staff_no_longer_see_the_person() {
    let fixture = Fixture::new().await;
    let record = fixture.record("1.2.392.2", "77-0098");
    let query = format!("act=link&record={record}&person={}", fixture.yamada);
    let shown = fixture.get(&fixture.operator, &format!("/ops/acts?{query}")).await;
    let form = format!("{query}&mark={}&reason=seen", shown.hidden("mark"));
    let done = fixture.post(&fixture.operator, "/ops/acts", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let person = fixture.get(&fixture.staff, &format!("/ops/persons/{}", fixture.yamada)).await;
    assert_eq!(person.status, StatusCode::NOT_FOUND);
    let found = fixture.get(&fixture.staff, "/ops/persons?q=%E5%B1%B1%E7%94%B0").await;
    assert!(!found.body.contains("00012"), "{}", found.body);
}
