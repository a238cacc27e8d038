//! ITI-78.

use super::centre::{Centre, hanako, woman};
use testkit::for_each_engine;

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'=' | b'&' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn find(centre: &Centre<'_>, query: &str) -> Vec<String> {
    let answer = centre.get("consumer", &format!("Patient?{}", encode(query)));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.patients()
}

#[test]
fn each_parameter_finds_whom_it_should() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let yamada = centre.fed("central", "urn:oid:1.2.392.1|1", &hanako());
        let suzuki = woman("鈴木", "一郎", ("スズキ", "イチロウ"))
            .replace("1957-06-12", "1980-01-31")
            .replace("female", "male")
            .replace("03-1234-5678", "090-1111-2222")
            .replace("104-0045", "530-0001")
            .replace("東京都中央区築地", "大阪府大阪市北区梅田");
        let suzuki = centre.fed("central", "urn:oid:1.2.392.1|2", &suzuki);
        let (hers, his, nobody): (Vec<_>, Vec<_>, Vec<String>) =
            (vec![yamada.clone()], vec![suzuki.clone()], vec![]);
        let both = vec![yamada.clone(), suzuki.clone()];
        let cases = [
            ("family=山田", &hers),
            ("family=ヤマ", &hers),
            ("family=やまだ", &hers),
            ("family:exact=ヤマ", &nobody),
            ("family:exact=山田", &hers),
            ("given=花子", &hers),
            ("given=イチ", &his),
            ("name=ハナコ", &hers),
            ("name=鈴木", &his),
            ("family=山田,鈴木", &both),
            ("family=山田&family=鈴木", &nobody),
            ("family=山田&given=一郎", &nobody),
            ("family=・", &nobody),
            ("birthdate=1957-06-12", &hers),
            ("birthdate=1957", &hers),
            ("birthdate=ge1957-06-12&birthdate=lt1980-01-31", &hers),
            ("birthdate=gt1957-06-12", &his),
            ("birthdate=le1980-01-31", &both),
            ("gender=male", &his),
            ("gender=female,male", &both),
            ("gender=x", &nobody),
            ("telecom=phone|09011112222", &his),
            ("phone=03-1234-5678", &hers),
            ("phone=x", &nobody),
            ("address=築地", &hers),
            ("address-city=大阪市", &his),
            ("address:contains=梅田", &his),
            ("address-postalcode=1040045", &hers),
            ("identifier=urn:oid:1.2.392.1|2", &his),
            ("identifier=2", &his),
            ("identifier=urn:oid:1.2.392.2|2", &nobody),
            ("identifier=urn:oid:1.404|2", &nobody),
            ("identifier=1,2", &both),
            ("identifier=urn:oid:1.2.392.1|", &both),
            ("identifier=urn:oid:1.2.392.2|", &nobody),
            ("active=true&family=山田", &hers),
            ("active=false&family=山田", &nobody),
            ("mothersMaidenName=鈴木", &nobody),
            ("unheardOf=1&family=山田", &hers),
        ];
        for (query, expected) in cases {
            assert_eq!(&find(&centre, query), expected, "{query}");
        }
        assert_eq!(find(&centre, &format!("_id={yamada}")), hers);
        assert_eq!(find(&centre, &format!("_id={yamada},{suzuki}")), both);
        assert_eq!(find(&centre, &format!("_id={yamada}&family=鈴木")), nobody);
        assert_eq!(find(&centre, &format!("identifier=urn:oid:1.2.392.9|{suzuki}")), his);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = encode("family=山田");
        let posted = centre.send("consumer", "POST Patient/_search", &form, &body);
        assert_eq!(posted.patients(), hers);
    });
}

#[test]
fn a_search_and_a_read_show_the_same_patient() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let id = centre.fed("central", "urn:oid:1.2.392.1|1", &hanako());
        let query = "GET Patient?identifier=urn:oid:1.2.392.1|1";
        let told = [
            centre.told("consumer", query, ""),
            centre.told("consumer", &format!("GET Patient/{id}"), ""),
            centre.told("consumer", &format!("{query}&_format=xml"), ""),
            centre.told("consumer", "GET metadata", ""),
            centre.told("pref", "GET metadata", ""),
        ];
        let ids: Vec<String> = told.iter().map(|text| without_bundle_ids(text)).collect();
        insta::assert_snapshot!("search", ids.join("\n"));
    });
}

/// Bundles have IDs that count over the whole run.
fn without_bundle_ids(text: &str) -> String {
    let is_id = |line: &&str| line.contains("0000-") || line.contains("<id value=\"0000");
    text.lines().filter(|line| !is_id(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn pages_go_on_until_everybody_was_given_once() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let mut expected: Vec<String> = (0..7)
            .map(|number| centre.fed("central", &format!("urn:oid:1.2.392.1|{number}"), &hanako()))
            .collect();
        expected.sort();
        let mut given = Vec::new();
        let mut next = Some("Patient?family=%E5%B1%B1%E7%94%B0&_count=3".to_owned());
        let mut pages = 0;
        while let Some(path) = next {
            let page = centre.get("consumer", &path);
            assert!(page.patients().len() <= 3);
            assert!(page.json()["total"].is_null());
            given.extend(page.patients());
            pages += 1;
            next = page.link("next");
            next = next.map(|url| url.replace("http://musubi.example/", ""));
        }
        given.sort();
        assert_eq!((given, pages), (expected, 3));
        let whole =
            centre.get("consumer", "Patient?family=%E5%B1%B1%E7%94%B0&_count=99999999999999999999");
        assert_eq!((whole.patients().len(), whole.json()["total"].as_u64()), (7, Some(7)));
        assert_eq!(whole.link("next"), None);
    });
}

#[test]
fn what_cannot_be_searched_for_is_told() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let ask =
            |query: &str| centre.get("consumer", &format!("Patient?{}", encode(query))).refusal();
        let strict = [("prefer", "handling=strict")];
        let unknown = "GET Patient?family=a&unheardOf=1";
        let said = [
            ask(""),
            ask("_count=5"),
            ask("birthdate=x"),
            ask("birthdate=ap1957"),
            ask("birthdate=1957-02-30"),
            ask("family:missing=true"),
            ask("gender:not=male"),
            ask("family=a&_count=x"),
            ask("family=a&_count=0"),
            ask("family=a&_count=-1"),
            ask("family=a&_after=x"),
            ask("identifier=urn:oid:1.404|"),
            ask(&format!("family={}", "a".repeat(200))),
            ask(&format!("family={}", "a,".repeat(101))),
            centre.send("consumer", unknown, &strict, "").refusal(),
            centre.get("consumer", "Patient/404").refusal(),
            centre.get("consumer", "Patient/..%2F1").refusal(),
            centre.get("consumer", "Observation?code=1").refusal(),
            centre.get("consumer", "Patient/$everything").refusal(),
        ];
        insta::assert_snapshot!("search_refused", said.join("\n"));
    });
}
