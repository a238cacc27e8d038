//! The pages over a small region: what is seen, what is not, and what is written about it.

use crate::fixture;

use axum::body::Body;
use fixture::{Fixture, HOST, Record};
use http::{Request, StatusCode};
use model::Clock;
use model::entry::Category;
use page::headers::CONTENT_SECURITY_POLICY;

const OWN: &str = "http://musubi.example";

fn records() -> Vec<Record<'static>> {
    let record = |hospital, day, category, label, document_id| Record {
        hospital,
        day,
        category,
        label,
        document_id,
    };
    vec![
        record(0, "20251101", Category::Visit, "中央内科", 1),
        record(0, "20251101", Category::Laboratory, "3", 2),
        record(1, "20251210", Category::Visit, "県立循環器", 3),
        record(1, "20251211", Category::Document, "県立紹介状", 4),
    ]
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_sign_in() {
    let fixture = Fixture::new(None).await;
    for path in ["/", "/patients?q=x", "/p/1", "/p/1/labs", "/p/1/docs/1/bytes", "/me", "/help"] {
        let request = Request::get(path).header("host", HOST).body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(fixture.router.clone(), request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers()["location"], "/sign-in", "{path}");
    }
    let request = Request::get("/p/1/e/1").header("host", HOST).header("hx-request", "true");
    let request = request.body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(fixture.router.clone(), request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "a fragment never holds the sign-in");
    assert_eq!(answer.headers()["hx-redirect"], "/sign-in");
}

#[tokio::test]
async fn a_page_shows_both_hospitals_and_is_audited() {
    let fixture = Fixture::new(None).await;
    fixture.add(records());
    let answer = fixture.get(&format!("/p/{}", fixture.person)).await;
    assert_eq!(answer.status, StatusCode::OK);
    for words in [
        "山田 太郎",
        "ヤマダ タロウ",
        "1948/03/12",
        "昭和23年",
        "中央内科",
        "県立循環器",
        "アレルギーの記録は届いていません",
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
    assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("etag"), "");
    assert_eq!(fixture.audited()[0], ("view".to_owned(), Some(fixture.person)));
}

#[tokio::test]
async fn records_that_contradict_each_other_raise_an_alarm_on_every_page() {
    let fixture = Fixture::new(None).await;
    fixture.add(records());
    let base = format!("/p/{}", fixture.person);
    assert!(!fixture.get(&base).await.body.contains("別人の記録"));
    fixture.contradict();
    for path in ["", "/labs", "/meds", "/problems", "/docs", "/coverage"] {
        let body = fixture.get(&format!("{base}{path}")).await.body;
        for words in [
            "<dd class=\"dead\">要確認</dd>",
            "施設の間で「生年月日と性別」が食い違っています",
            "市立中央病院 00012：1948/03/12・男",
            "県立総合病院 00012：1962/07/05・女",
        ] {
            assert!(body.contains(words), "{path}: {words}");
        }
    }
    let language = format!("token={}&language=en&back=%2Fme", fixture.token.csrf());
    fixture.post("/me/language", &language, Some(OWN)).await;
    let body = fixture.get(&base).await.body;
    assert!(body.contains("The facilities contradict each other: birth date and sex"), "{body}");
}

#[tokio::test]
async fn what_is_not_disclosed_raises_no_alarm() {
    let fixture = Fixture::new(Some(0)).await;
    fixture.contradict();
    let body = fixture.get(&format!("/p/{}", fixture.person)).await.body;
    assert!(!body.contains("別人の記録") && !body.contains("1962"));
}

#[tokio::test]
async fn what_a_hospital_does_not_disclose_is_on_no_page() {
    let fixture = Fixture::new(Some(0)).await;
    fixture.add(records());
    let base = format!("/p/{}", fixture.person);
    for path in [
        "",
        "?v=list",
        "/docs?all=1",
        "/days?from=20250101&to=20261231",
        "/coverage",
        "/labs",
        "/labs/bacteriology",
        "/meds",
        "/problems",
    ] {
        let answer = fixture.get(&format!("{base}{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.body.contains("県立"), "{path} tells of the closed hospital");
    }
    assert!(fixture.get(&base).await.body.contains("中央内科"));
    let absent = fixture.get(&format!("{base}/e/999")).await;
    let closed = fixture.get(&format!("{base}/e/3")).await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
    assert_eq!(closed.body, absent.body);
    assert_eq!(fixture.audited()[0], ("denied".to_owned(), Some(fixture.person)));
}

#[tokio::test]
async fn not_there_and_not_allowed_are_the_same_bytes() {
    let fixture = Fixture::new(None).await;
    let absent = fixture.get("/p/424242").await;
    let closed = fixture.get(&format!("/p/{}", fixture.closed)).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    assert_eq!(closed.status, absent.status);
    assert_eq!(closed.body, absent.body);
    assert_eq!(closed.headers, absent.headers);
    assert_eq!(fixture.audited()[0], ("denied".to_owned(), Some(fixture.closed)));
    assert_eq!(fixture.audited()[1], ("denied".to_owned(), None));
}

#[tokio::test]
async fn a_search_finds_only_who_consents_and_only_by_open_hospitals() {
    let fixture = Fixture::new(Some(0)).await;
    for query in [
        "山田",
        "やまだ",
        "ﾔﾏﾀﾞ",
        "1948/3/12",
        "S23.3.12",
        "19480312",
        "00012",
        "0000-0000-018",
        "00000000018",
    ] {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = fixture.get(&format!("/patients?q={encoded}")).await;
        let hits = answer.body.matches("class=\"ptn\"").count();
        assert_eq!(hits, 1, "{query}");
        assert!(answer.body.contains(&format!("/p/{}\"", fixture.person)), "{query}");
    }
    let answer = fixture.get("/patients?q=00099").await;
    assert_eq!(answer.body.matches("class=\"ptn\"").count(), 0);
    let long = "x".repeat(65);
    assert_eq!(fixture.get(&format!("/patients?q={long}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn forms_need_their_token_and_our_own_origin() {
    let fixture = Fixture::new(None).await;
    let token = fixture.token.csrf();
    let good = format!("token={token}&language=en&back=%2Fme");
    for (form, origin) in [
        ("language=en&back=%2Fme".to_owned(), Some(OWN)),
        (format!("token={}&language=en", "0".repeat(64)), Some(OWN)),
        (good.clone(), None),
        (good.clone(), Some("http://evil.example")),
        (good.clone(), Some("null")),
    ] {
        let answer = fixture.post("/me/language", &form, origin).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form} from {origin:?}");
    }
    let answer = fixture.post("/me/language", &good, Some(OWN)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/me"));
    assert!(fixture.get("/me").await.body.contains("<html lang=\"en\""));
    let away = format!("token={token}&language=ja&back=%2F%2Fevil.example");
    assert_eq!(fixture.post("/me/language", &away, Some(OWN)).await.header("location"), "/");
}

#[tokio::test]
async fn a_form_for_another_patient_is_a_conflict() {
    let fixture = Fixture::new(None).await;
    fixture.add(records());
    let base = format!("/p/{}", fixture.person);
    let page = fixture.get(&base).await.body;
    let mark = page.split("data-banner=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(fixture.get(&format!("{base}?b={mark}")).await.status, StatusCode::OK);
    let other = fixture.get(&format!("{base}?b=0123456789ab")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(!other.body.contains("山田"), "nothing of the patient is shown");
}

#[tokio::test]
async fn a_session_ends_by_idleness_and_by_signing_out() {
    let fixture = Fixture::new(None).await;
    assert_eq!(fixture.get("/").await.status, StatusCode::OK);
    let form = format!("token={}", fixture.token.csrf());
    let out = fixture.post("/sign-out", &form, Some(OWN)).await;
    assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(fixture.get("/").await.status, StatusCode::SEE_OTHER);

    let idle = Fixture::new(None).await;
    let limit_us = i64::try_from(model::limits::SESSION_IDLE_MS).unwrap() * 1_000;
    idle.clock.advance_us(limit_us + 1);
    assert_eq!(idle.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_a_stopped_hospital_did_not_send_is_hatched_and_never_none() {
    let fixture = Fixture::new(None).await;
    fixture.add(records());
    let (source, now) = (fixture.sources[0], model::PartialTime::japan("20251120").unwrap().first);
    fixture
        .store
        .write_blocking(move |tx| -> Result<(), store::StoreError> {
            let pull = store::intake::begin_pull(tx, source, "follow", now.0)?;
            let counts = store::intake::PullCounts::default();
            store::intake::update_pull(tx, pull, counts, Some(now.0), "complete")?;
            store::source::set_state(tx, source, "down", "unreadable", true, now.0)
        })
        .unwrap();
    let answer = fixture.get(&format!("/p/{}", fixture.person)).await;
    assert!(answer.body.contains("停止中"));
    assert!(answer.body.contains("class=\"nf\""));
    assert!(answer.body.contains("「なし」ではありません"));
}

/// Changes the ledger and answers the timeline, as drawn.
async fn after(
    fixture: &Fixture,
    change: impl Fn(&mut store::Tx) -> Result<(), store::StoreError> + Send + 'static,
) -> String {
    fixture.store.write_blocking(change).unwrap();
    fixture.get(&format!("/p/{}", fixture.person)).await.body
}

#[tokio::test]
async fn a_patient_whose_folder_was_not_read_is_not_fetched_though_the_hospital_answers() {
    let fixture = Fixture::new(None).await;
    fixture.add(entries(&["20251101"], 1));
    let source = fixture.sources[1];
    let page = after(&fixture, |_| Ok(())).await;
    assert!(!page.contains("class=\"nf\""), "read to the end");
    assert!(page.contains("この条件の記録はありません（取得"));
    let page = after(&fixture, move |tx| {
        store::intake::forget_file(tx, source, "00012", store::intake::COMPLETED_MARK)
    });
    let page = page.await;
    assert!(page.contains("class=\"nf\"") && page.contains("まだ取得していません"));
    assert!(!page.contains("この条件の記録はありません"));
    let page = after(&fixture, move |tx| {
        store::intake::put_file(tx, source, "00012", &crate::fixture::read_to_the_end())?;
        let refused = store::intake::NewQuarantine {
            place: b"s0:000/12".to_vec(),
            patient_id: "00012".into(),
            reason: model::reason::Reason::Unreadable.code().into(),
            detail: String::new(),
            size: 0,
            sha256: None,
            modified_us: 0,
            bytes: None,
        };
        store::intake::put_quarantine(tx, source, &refused, 0).map(drop)
    });
    let page = page.await;
    assert!(page.contains("class=\"nf\"") && page.contains("一部未取得"));
    assert!(!page.contains("この条件の記録はありません"));
}

#[tokio::test]
async fn what_was_read_long_ago_says_how_long() {
    let fixture = Fixture::new(None).await;
    fixture.add(entries(&["20251101"], 1));
    let limit_us = i64::try_from(model::limits::READ_AGE_MS).unwrap() * 1_000;
    let source = fixture.sources[0];
    let sent = |tx: &mut store::Tx, source: i64| {
        let newest = store::source::FreshnessRow {
            category: "document".into(),
            newest_sent: "20251101120000000".into(),
            newest_sent_us: 1_762_000_000_000_000,
            taken_us: 1_762_000_000_000_000,
        };
        store::source::raise_freshness(tx, source, &newest)
    };
    let page = after(&fixture, move |tx| sent(tx, source)).await;
    assert!(!page.contains("取得が古い"));
    assert!(page.contains("最新の送信"), "a storage that is mounted but stands still is seen");
    let began_us = fixture.clock.now().0 - limit_us - 1;
    let page = after(&fixture, move |tx| {
        let pull = store::intake::begin_pull(tx, source, "follow", began_us)?;
        let counts = store::intake::PullCounts::default();
        store::intake::update_pull(tx, pull, counts, Some(began_us), "complete")
    });
    let page = page.await;
    assert!(page.contains("取得が古い"), "though its state is up");
    let coverage = fixture.get(&format!("/p/{}/coverage", fixture.person)).await.body;
    assert!(coverage.contains("より後の記録は未取得です"));
}

#[tokio::test]
async fn a_source_read_at_night_is_old_after_an_age_of_its_own() {
    let fixture = Fixture::new(None).await;
    fixture.add(entries(&["20251101"], 1));
    let limit_us = i64::try_from(model::limits::READ_AGE_MS).unwrap() * 1_000;
    let (source, began_us) = (fixture.sources[0], fixture.clock.now().0 - limit_us - 1);
    let page = after(&fixture, move |tx| {
        let pull = store::intake::begin_pull(tx, source, "follow", began_us)?;
        let counts = store::intake::PullCounts::default();
        store::intake::update_pull(tx, pull, counts, Some(began_us), "complete")?;
        store::source::update_read_age_ms(tx, source, Some(25 * 60 * 60 * 1_000))
    });
    assert!(!page.await.contains("取得が古い"), "within the source's own age");
    let page = after(&fixture, move |tx| store::source::update_read_age_ms(tx, source, None));
    assert!(page.await.contains("取得が古い"), "the common age again");
}

#[tokio::test]
async fn a_hospital_where_the_enrolment_is_suspended_says_so_and_shows_nothing() {
    let fixture = Fixture::new(None).await;
    fixture.add(records());
    let open = after(&fixture, |_| Ok(())).await;
    assert!(open.contains("中央内科") && open.contains("県立循環器"));
    assert!(!open.contains("登録停止中"));
    let (identity, now) = (fixture.identities[0], fixture.clock.now());
    let page = after(&fixture, move |tx| {
        store::person::suspend_enrolment(tx, identity, now, "test").map(drop)
    });
    let page = page.await;
    assert!(page.contains("登録停止中") && page.contains("登録の一時停止中"), "{page}");
    assert!(!page.contains("中央内科") && page.contains("県立循環器"));
    let coverage = fixture.get(&format!("/p/{}/coverage", fixture.person)).await.body;
    assert!(coverage.contains("登録停止中") && coverage.contains("「なし」ではありません"));
    let page =
        after(&fixture, move |tx| store::person::resume_enrolment(tx, identity, "test").map(drop));
    let page = page.await;
    assert!(page.contains("中央内科") && !page.contains("登録停止中"), "it is there again");
    let both = fixture.identities;
    let closed = after(&fixture, move |tx| {
        for identity in both {
            store::person::suspend_enrolment(tx, identity, now, "test")?;
        }
        Ok(())
    });
    assert!(!closed.await.contains("山田"));
    let closed = fixture.get(&format!("/p/{}", fixture.person)).await;
    assert_eq!(closed.status, fixture.get("/p/999").await.status, "as one who is not there");
}

#[tokio::test]
async fn a_page_without_records_says_where_the_enrolment_is_suspended() {
    let fixture = Fixture::new(None).await;
    let (identity, now) = (fixture.identities[0], fixture.clock.now());
    let page = after(&fixture, move |tx| {
        store::person::suspend_enrolment(tx, identity, now, "test").map(drop)
    });
    assert!(page.await.contains("登録が一時停止中のため"), "nothing shown is not none");
}

#[tokio::test]
async fn five_thousand_entries_stay_within_the_budget_of_a_page() {
    let fixture = Fixture::new(None).await;
    let start = model::date::days_from_civil(2014, 1, 1);
    let categories = [
        Category::Visit,
        Category::Laboratory,
        Category::Prescription,
        Category::Injection,
        Category::Imaging,
        Category::Document,
        Category::Physiology,
        Category::Endoscopy,
    ];
    let many = (0..5_000_i64)
        .map(|n| {
            let (year, month, day) = model::date::civil_from_days(start + n * 11 / 13);
            let digits = format!("{year:04}{month:02}{day:02}");
            Record {
                hospital: usize::try_from(n % 2).unwrap(),
                day: Box::leak(digits.into_boxed_str()),
                category: categories[usize::try_from(n % 8).unwrap()],
                label: "循環器",
                document_id: n + 1,
            }
        })
        .collect();
    fixture.add(many);
    for query in ["", "?v=list", "?at=20200101"] {
        let answer = fixture.get(&format!("/p/{}{query}", fixture.person)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("5,000"), "{query} says how many there are");
        assert!(answer.body.len() <= 120_000, "{query}: {} bytes", answer.body.len());
        let elements = answer.body.matches('<').count() - answer.body.matches("</").count();
        assert!(elements <= 5_000, "{query}: {elements} elements");
    }
}

#[tokio::test]
async fn a_prescription_says_its_days_once() {
    let fixture = Fixture::new(None).await;
    fixture.add(vec![Record {
        hospital: 0,
        day: "20251201",
        category: Category::Prescription,
        label: "28日",
        document_id: 9,
    }]);
    fixture.add(records());
    let until = model::PartialTime::japan("20251228").unwrap();
    fixture.prescribe("20251202", until, 10);
    let body = fixture.get(&format!("/p/{}", fixture.person)).await.body;
    let bar = body.split("e f2 bar").nth(1).unwrap().split("</a>").next().unwrap();
    assert!(bar.contains("27日"), "{bar}");
    assert!(!bar.contains("<b>"), "{bar}");
}

#[tokio::test]
async fn a_search_that_fits_too_many_says_so_and_shows_nobody() {
    let fixture = Fixture::new(None).await;
    fixture.add_homonyms(model::limits::SEARCH_CANDIDATES);
    let answer = fixture.get("/patients?q=%E5%B1%B1%E7%94%B0").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("該当者が多すぎます"));
    assert_eq!(answer.body.matches("class=\"ptn\"").count(), 0);
    for wrong in ["0人", "0 人", "見つかりません</strong>"] {
        assert!(!answer.body.contains(wrong), "{wrong}: too many is not nobody");
    }
    let narrow = fixture.get("/patients?q=00012").await;
    assert_eq!(narrow.body.matches("class=\"ptn\"").count(), 1);
}

/// Entries of the first hospital, so many on each day.
fn entries(days: &[&'static str], of_each: i64) -> Vec<Record<'static>> {
    let mut records = Vec::new();
    for day in days {
        for _ in 0..of_each {
            let document_id = i64::try_from(records.len()).unwrap() + 1;
            let category = Category::Document;
            records.push(Record { hospital: 0, day, category, label: "紹介状", document_id });
        }
    }
    records
}

#[tokio::test]
async fn under_the_matrix_stands_what_its_dates_hold_and_how_much_more_there_is() {
    let days = ["20251101", "20251102", "20251103", "20251104", "20251105", "20251106", "20251107"];
    let fixture = Fixture::new(None).await;
    let mut records = entries(&days, 10);
    records.extend(
        entries(&["", ""], 1)
            .into_iter()
            .map(|it| Record { document_id: it.document_id + 100, ..it }),
    );
    fixture.add(records);
    let body = fixture.get(&format!("/p/{}", fixture.person)).await.body;
    assert_eq!(body.matches(" data-e>").count(), 62, "60 dated ones and all without a date");
    assert!(body.contains("一覧で続きを見る（62 / 72 件）"), "all are counted");

    let other = Fixture::new(None).await;
    let many: Vec<&'static str> = (0..45)
        .map(|n| {
            let (year, month, day) = model::date::civil_from_days(20_000 + n);
            &*Box::leak(format!("{year:04}{month:02}{day:02}").into_boxed_str())
        })
        .collect();
    let mut records = entries(&many, 2);
    records.extend(entries(&[""], 1).into_iter().map(|it| Record { document_id: 1_000, ..it }));
    other.add(records);
    let base = format!("/p/{}", other.person);
    let body = other.get(&base).await.body;
    assert_eq!(body.matches(" data-e>").count(), 60);
    assert!(body.contains("（60 / 80 件）"), "40 dates of 45 are shown; those without come last");
    let older = body.split("data-key=\"]\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let older = older.split('"').next().unwrap().replace("&#38;", "&");
    let body = other.get(&older).await.body;
    assert_eq!(body.matches(" data-e>").count(), 11, "five dates and the one without");
    assert!(!body.contains("一覧で続きを見る"));
    assert!(body.contains("以上 91 件で表示終わり"));
}

#[tokio::test]
async fn whoever_is_signed_in_changes_the_own_password() {
    let fixture = Fixture::new(None).await;
    assert!(fixture.get("/me").await.body.contains("href=\"/me/password\""));
    assert!(fixture.get("/me/password").await.body.contains("今のパスワード"));
    let form = |present: &str, new: &str, again: &str| {
        let token = fixture.token.csrf();
        format!("token={token}&present={present}&new={new}&again={again}").replace(' ', "+")
    };
    let (new, other) = ("yama to kawa 8", "yama to kawa 9");
    for (sent, words) in [
        (form(fixture::PASSWORD, new, other), "二度とも同じではありません"),
        (form(fixture::PASSWORD, "short", "short"), "10文字以上にしてください"),
        (form(fixture::PASSWORD, "sato to kawa 8", "sato to kawa 8"), "利用者IDを含んでいます"),
        (form(fixture::PASSWORD, fixture::PASSWORD, fixture::PASSWORD), "今のパスワードと同じ"),
        (form("not the present one", new, new), "今のパスワードが違う"),
    ] {
        let answer = fixture.post("/me/password", &sent, Some(OWN)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.body.contains(words), "{words}");
        assert!(!answer.body.contains("yama"), "a password never comes back");
    }
    let good = form(fixture::PASSWORD, new, new);
    let foreign = fixture.post("/me/password", &good, Some("http://evil.example")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let answer = fixture.post("/me/password", &good, Some(OWN)).await;
    assert_eq!(answer.header("location"), "/me/password?changed=1");
    assert_eq!(fixture.audited()[0].0, "account-change");
    assert!(fixture.get("/me/password?changed=1").await.body.contains("変更しました"));
    let again = fixture.post("/me/password", &good, Some(OWN)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the old one is no more");
}
