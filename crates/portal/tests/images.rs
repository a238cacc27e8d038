//! The pages of images: what is listed, what opens, what is asked for, and what stays closed.

use crate::fixture::studies::{KeptSeries, KeptStudy, keep};
use crate::fixture::{Answer, Fixture};
use http::StatusCode;
use page::headers::VIEWER_POLICY;
use store::StoreError;
use store::study::{FETCH_JOB, studies_by_uid};

const OWN: &str = "http://musubi.example";
const CT: &str = "1.2.392.200999.1";
const PRIOR: &str = "1.2.392.200999.2";
const KNOWN: &str = "1.2.392.200999.4";

fn study(hospital: usize, uid: &'static str, day: &'static str) -> KeptStudy {
    KeptStudy {
        hospital,
        uid,
        day,
        modality: "CT",
        part: "HEAD",
        description: "頭部単純",
        told: None,
        is_fetching: false,
        is_restricted: false,
        series: Vec::new(),
    }
}

fn series(number: i64, description: &'static str, instances: i64, frames: i64) -> KeptSeries {
    KeptSeries { number, description, kind: "image", instances, frames }
}

/// A study in three series with a report, a prior of the other hospital, ultrasound in one run of
/// frames, one of which only its being is known, and one that is coming.
fn studies() -> Vec<KeptStudy> {
    let report = KeptSeries { kind: "report", ..series(9, "読影報告書", 1, 0) };
    vec![
        KeptStudy {
            series: vec![
                series(2, "Head 5.0 H31s", 40, 1),
                series(3, "Bone 5.0 H60s", 40, 1),
                report,
            ],
            ..study(0, CT, "20251031")
        },
        KeptStudy { series: vec![series(2, "Head 5.0", 38, 1)], ..study(1, PRIOR, "20241104") },
        KeptStudy {
            modality: "US",
            part: "HEART",
            description: "心エコー",
            series: vec![series(1, "4CH", 1, 24)],
            ..study(1, "1.2.392.200999.3", "20251112")
        },
        KeptStudy {
            modality: "CR",
            part: "CHEST",
            description: "胸部正面",
            told: Some(2),
            ..study(1, KNOWN, "20250710")
        },
        KeptStudy {
            modality: "MR",
            description: "頭部 FLAIR",
            told: Some(20),
            is_fetching: true,
            series: vec![series(1, "FLAIR", 5, 1)],
            ..study(0, "1.2.392.200999.5", "20250601")
        },
    ]
}

async fn with_studies(disclosing: Option<usize>) -> (Fixture, String) {
    let fixture = Fixture::new(disclosing).await;
    keep(&fixture, studies());
    let base = format!("/p/{}", fixture.person);
    (fixture, base)
}

fn titles(answer: &Answer) -> Vec<String> {
    let parts = answer.body.split("class=\"bp\" lang=\"ja\">").skip(1);
    parts.map(|rest| rest.split('<').next().unwrap_or("").to_owned()).collect()
}

#[tokio::test]
async fn images_of_both_hospitals_stand_by_date_and_modality_with_counts_and_state() {
    let (fixture, base) = with_studies(None).await;
    let answer = fixture.get(&format!("{base}/images")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let dates: Vec<&str> = answer
        .body
        .split("<th scope=\"col\"><b>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect();
    assert_eq!(dates, ["2025/11/12", "2025/10/31", "2025/07/10", "2025/06/01", "2024/11/04"]);
    // By rows: CT of both hospitals, MR, CR, US.
    assert_eq!(
        titles(&answer),
        ["頭部単純", "頭部単純", "頭部 FLAIR", "胸部正面", "心臓 心エコー"]
    );
    for words in [
        "<b>5</b> / 5 検査",
        "3系列 80枚",
        "1系列 38枚",
        "5 / 20枚",
        "<span class=\"st ok\">サーバ保管</span>",
        "<span class=\"st run\">取得中</span>",
        "<span class=\"st none\">要取得</span>",
        "/dicomweb/studies/1.2.392.200999.1/thumbnail",
        "以上 5 件で表示終わり",
        "aria-current=\"page\">画像</a>",
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
    assert_eq!(fixture.audited()[0], ("view".to_owned(), Some(fixture.person)));
}

#[tokio::test]
async fn filters_stand_in_the_address_and_count_honestly() {
    let (fixture, base) = with_studies(None).await;
    let answer = fixture.get(&format!("{base}/images?m=CT&m=US&part=HEAD")).await;
    assert_eq!(titles(&answer), ["頭部単純", "頭部単純"]);
    assert!(answer.body.contains("<b>2</b> / 5 検査"), "n of N");
    assert!(answer.body.contains("絞り込み中"));
    let none = fixture.get(&format!("{base}/images?m=XA")).await;
    assert!(none.body.contains("この条件の画像検査はありません"));
    assert!(none.body.contains("<b>0</b> / 5 検査"));
}

#[tokio::test]
async fn a_study_shows_its_series_and_reads_nothing_of_a_prior() {
    let (fixture, base) = with_studies(None).await;
    let answer = fixture.get(&format!("{base}/study/{CT}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-security-policy"), VIEWER_POLICY);
    assert_eq!(answer.header("cache-control"), "no-store");
    for words in [
        "山田 太郎",
        "<h1 lang=\"ja\">CT 頭部単純</h1>",
        "参照用（診断用モニタではありません）",
        "Head 5.0 H31s",
        "Bone 5.0 H60s",
        "読影報告書",
        "過去の検査　同じ部位 2件",
        "ほかの部位 2件",
        &format!("{base}/study/{PRIOR}/contents?of=20251031"),
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
    let of_prior = format!("/dicomweb/studies/{PRIOR}");
    assert!(!answer.body.contains(&of_prior), "a prior's pictures load only once it is opened");
    let beside = fixture.get(&format!("{base}/study/{PRIOR}/contents?of=20251031")).await;
    let view: serde_json::Value = serde_json::from_str(&beside.body).unwrap();
    assert_eq!(view["isPrior"], true);
    assert_eq!(view["daysBefore"], 361);
    assert_eq!(view["series"][0]["images"], 38);
    assert_eq!(view["series"][0]["start"], format!("{PRIOR}.2.1"));
    assert_eq!(fixture.audited()[0], ("view".to_owned(), Some(fixture.person)));
}

/// The page as the browser tests of the viewer take it: without what differs between builds.
#[tokio::test]
async fn the_study_page_is_what_the_browser_tests_use() {
    let (fixture, base) = with_studies(None).await;
    let answer = fixture.get(&format!("{base}/study/{CT}")).await;
    insta::assert_snapshot!("study_page", lasting(&answer.body, fixture.token.csrf()));
    let prior = fixture.get(&format!("{base}/study/{PRIOR}/contents?of=20251031")).await;
    insta::assert_snapshot!("study_contents", lasting(&prior.body, ""));
    let ultrasound = fixture.get(&format!("{base}/study/1.2.392.200999.3")).await;
    insta::assert_snapshot!("study_page_us", lasting(&ultrasound.body, fixture.token.csrf()));
}

/// Addresses of static files without their hashes, forms without their token.
fn lasting(body: &str, token: impl AsRef<str>) -> String {
    let mut out = String::new();
    for (place, part) in body.split("/static/").enumerate() {
        let (address, rest) = match part.find(['"', '#', '&']) {
            Some(end) if place > 0 => part.split_at(end),
            _ => ("", part),
        };
        if place > 0 {
            out.push_str("/static/");
        }
        let hash = |it: &&str| !(it.len() == 16 && it.bytes().all(|b| b.is_ascii_hexdigit()));
        let names: Vec<Vec<&str>> =
            address.split('/').map(|it| it.split('.').filter(hash).collect()).collect();
        let names: Vec<String> = names.iter().map(|it| it.join(".")).collect();
        out.push_str(&names.join("/"));
        out.push_str(rest);
    }
    match token.as_ref() {
        "" => out,
        token => out.replace(token, "TOKEN"),
    }
}

#[tokio::test]
async fn what_is_closed_is_not_there_on_any_page_of_images() {
    let (fixture, base) = with_studies(Some(0)).await;
    let images = fixture.get(&format!("{base}/images")).await;
    assert_eq!(titles(&images), ["頭部単純", "頭部 FLAIR"]);
    assert!(!images.body.contains("県立"));
    let open = fixture.get(&format!("{base}/study/{CT}")).await;
    assert!(!open.body.contains("県立") && !open.body.contains(PRIOR));
    let absent = fixture.get(&format!("{base}/study/1.2.3.4")).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    for path in [format!("{base}/study/{PRIOR}"), format!("{base}/study/{PRIOR}/contents?of=1")] {
        let closed = fixture.get(&path).await;
        assert_eq!((closed.status, &closed.body), (absent.status, &absent.body), "{path}");
    }
    let form = format!("token={}", fixture.token.csrf());
    let asked = fixture.post(&format!("{base}/study/{KNOWN}/fetch"), &form, Some(OWN)).await;
    assert_eq!(asked.status, StatusCode::NOT_FOUND);
    assert_eq!(wanted(&fixture, KNOWN), (false, 0));
    let others = fixture.get(&format!("/p/{}/images", fixture.closed)).await;
    assert_eq!((others.status, others.body), (absent.status, absent.body));
}

#[tokio::test]
async fn a_restricted_study_is_for_its_own_people() {
    let fixture = Fixture::new(None).await;
    keep(&fixture, vec![KeptStudy { is_restricted: true, ..study(0, CT, "20251031") }]);
    let images = fixture.get(&format!("/p/{}/images", fixture.person)).await;
    assert!(images.body.contains("画像検査は届いていません"));
}

#[tokio::test]
async fn asking_for_images_makes_one_job_and_says_so() {
    let (fixture, base) = with_studies(None).await;
    let address = format!("{base}/study/{KNOWN}");
    let known = fixture.get(&address).await;
    assert!(known.body.contains("要取得") && !known.body.contains("viewer."), "no viewer yet");
    let forged = fixture.post(&format!("{address}/fetch"), "token=x", Some(OWN)).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(wanted(&fixture, KNOWN), (false, 0));
    let form = format!("token={}&back=images", fixture.token.csrf());
    for _ in 0..2 {
        let asked = fixture.post(&format!("{address}/fetch"), &form, Some(OWN)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        assert_eq!(asked.header("location"), format!("{base}/images"));
    }
    assert_eq!(wanted(&fixture, KNOWN), (true, 1));
    let images = fixture.get(&format!("{base}/images?m=CR")).await;
    assert!(images.body.contains("<span class=\"st run\">取得中</span>"));
    assert!(fixture.get(&address).await.body.contains("状態を確かめる"));
}

#[tokio::test]
async fn the_same_study_of_two_hospitals_is_shown_once() {
    let fixture = Fixture::new(None).await;
    let own = KeptStudy { series: vec![series(1, "A", 9, 1)], ..study(0, CT, "20251031") };
    let copy = KeptStudy { series: vec![series(1, "A", 3, 1)], ..study(1, CT, "20251031") };
    keep(&fixture, vec![copy, own]);
    let images = fixture.get(&format!("/p/{}/images", fixture.person)).await;
    assert_eq!(titles(&images).len(), 1);
    assert!(images.body.contains("1系列 9枚"), "the one of which more is here");
}

/// Whether images of a study are wanted, and how many jobs wait for it.
fn wanted(fixture: &Fixture, uid: &'static str) -> (bool, usize) {
    fixture
        .store
        .read_blocking(move |tx| -> Result<_, StoreError> {
            let study = studies_by_uid(tx, uid)?.remove(0);
            let jobs = store::job::waiting(tx, 100)?;
            let key = study.id.to_string();
            let own = jobs.iter().filter(|job| job.kind == FETCH_JOB && job.key == key);
            Ok((study.wanted.is_some(), own.count()))
        })
        .unwrap()
}
