//! Explanations: the parts add up, and thresholds are where they are said to be.

use super::people::{born, model, name, record, yamada, yamada_elsewhere};
use identity::linkage::{
    Evidence, Field, Frequencies, FrequencyCounts, Insurance, Model, NameForm, Sides, Standing,
    assess, explain,
};
use proptest::prelude::*;

fn evidence() -> impl Strategy<Value = Evidence> {
    let names =
        || prop::sample::select(vec!["山田", "渡邊", "渡辺", "山●", "Yamada", "", "さくら"]);
    let given = || prop::sample::select(vec!["太郎", "次郎", "一美", "和美", "Taro", ""]);
    let kana =
        || prop::sample::select(vec!["ヤマダ", "ワタナベ", "ﾔﾏﾀﾞ", "ショウイチ", "シヨウイチ", ""]);
    let birth = prop::sample::select(vec!["19480312", "19490312", "19480101", "20110312"]);
    let address = prop::sample::select(vec![
        "港市中央町1-2-3",
        "鳥取県港市中央町１丁目２番",
        "北町北浜1",
        "",
    ]);
    let phone = prop::sample::select(vec!["0859-20-1234", "090-1234-5678", "0859-20-1235", ""]);
    let branch = prop::sample::select(vec!["01310001:港:1234:01", "01310001:港:1234:02", ""]);
    (names(), given(), kana(), kana(), birth, address, phone, branch).prop_map(
        |(family, given, family_kana, given_kana, birth, address, phone, insurance)| {
            let mut evidence = yamada();
            evidence.demographics.name = name(family, given);
            evidence.demographics.kana = name(family_kana, given_kana);
            evidence.demographics.birth = born(birth);
            evidence.demographics.address = address.to_owned();
            evidence.demographics.phones = vec![phone.to_owned()];
            evidence.insurance = Insurance::parse(insurance);
            evidence
        },
    )
}

/// A model that knows how common names are.
fn model_with_frequencies() -> Model {
    let mut counts = FrequencyCounts::default();
    let common = record(1, 1, &yamada());
    for form in [NameForm::GivenWriting, NameForm::FamilyWriting] {
        counts.add_value(form, form.value(&common), 4_000);
        counts.add_value(form, 1, 96_000);
    }
    Model::new(1_000_000, Frequencies::new(counts))
}

proptest! {
    #[test]
    fn the_bits_of_an_explanation_add_up_to_the_score(one in evidence(), other in evidence()) {
        let model = model_with_frequencies();
        let (left, right) = (record(1, 1, &one), record(2, 1, &other));
        let judged = assess(&left, &right, &model);
        let explained = explain(
            Sides { evidence: &one, record: &left },
            Sides { evidence: &other, record: &right },
            &judged,
            None,
            &model,
        );
        let sum: i32 = explained.fields.iter().map(|field| field.millibits).sum();
        prop_assert_eq!(
            sum + explained.household_millibits + explained.prior_millibits,
            judged.score.total_millibits
        );
        prop_assert_eq!(explained.fields.len(), Field::ALL.len());
        for field in &explained.fields {
            if let (Some(m), Some(u)) = (field.m, field.u) {
                let bits = ((m / u).log2() * 1_000.0).round().clamp(-16_000.0, 16_000.0) as i32;
                prop_assert_eq!(field.millibits, bits, "{:?}", field.field);
            } else {
                prop_assert_eq!(field.millibits, 0);
            }
        }
    }

    #[test]
    fn a_judgement_has_no_direction(one in evidence(), other in evidence()) {
        let (left, right) = (record(1, 1, &one), record(2, 1, &other));
        prop_assert_eq!(assess(&left, &right, &model()), assess(&right, &left, &model()));
    }

    #[test]
    fn no_score_below_a_threshold_stands_above_it(
        one in evidence(),
        other in evidence(),
        automatic in -40_000_i32..40_000,
        gap in 0_i32..20_000,
    ) {
        let mut model = model();
        model.thresholds.automatic_millibits = automatic;
        model.thresholds.review_millibits = automatic - gap;
        let judged = assess(&record(1, 1, &one), &record(2, 1, &other), &model);
        let total = judged.score.total_millibits;
        match judged.standing {
            Standing::Automatic => {
                prop_assert!(total >= automatic && judged.gate.is_passed() && judged.vetoes.is_empty());
            }
            Standing::Review => prop_assert!(total >= automatic - gap),
            Standing::Apart => prop_assert!(
                total < automatic - gap || judged.vetoes.iter().any(|veto| !veto.asks())
            ),
        }
    }
}

#[test]
fn a_rare_name_says_more_than_a_common_one() {
    let model = model_with_frequencies();
    let bits = |given: &str| {
        let (mut one, mut other) = (yamada(), yamada_elsewhere());
        for evidence in [&mut one, &mut other] {
            evidence.demographics.name = name("山田", given);
        }
        let judged = assess(&record(1, 1, &one), &record(2, 1, &other), &model);
        judged.score.fields[Field::GivenName.place()]
    };
    assert!(bits("太郎") + 2_000 < bits("珠洲"), "{} {}", bits("太郎"), bits("珠洲"));
    assert!(bits("珠洲") <= 16_000);
}

#[test]
fn an_explanation_is_readable_by_itself() {
    let model = model();
    let (one, other) = (yamada(), yamada_elsewhere());
    let (left, right) = (record(1, 1, &one), record(2, 1, &other));
    let judged = assess(&left, &right, &model);
    let explained = explain(
        Sides { evidence: &one, record: &left },
        Sides { evidence: &other, record: &right },
        &judged,
        None,
        &model,
    );
    let json = serde_json::to_value(&explained).unwrap();
    assert_eq!(json["fields"][0]["field"], "given-name");
    assert_eq!(json["fields"][0]["raw_other"], "太郎 / ﾀﾛｳ");
    assert_eq!(json["fields"][0]["normalised_other"], "太郎 / タロウ");
    assert_eq!(json["fields"][0]["level"], "exact");
    assert_eq!(json["gate"][0]["name"], "given-name");
    assert_eq!(json["standing"], "automatic");
    assert_eq!(json["weights_version"], "japan-1");
    assert!(json["household_millibits"].as_i64().unwrap() < 0, "the household is capped");
}
