//! What is shown of an identity: made of what its messages said, in whatever order they came.

use model::date::Precision;
use model::demographics::{Demographics, PersonName};
use model::limits::SEARCH_CHARACTERS;
use ports::DemographicsUpdate;
use store::person::{Said, Saying};
use text::key::{fold_variants, kana_key};

/// What is shown, and which message it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// The demographics.
    pub demographics: Demographics,
    /// 発生日時 of the message.
    pub sent: String,
    /// Whether it was authoritative.
    pub authoritative: bool,
}

/// Takes in a message: the newer of the same authority stands. `false` where nothing changes.
/// Two messages of the same time are told apart by their content, so that the order in which
/// they come does not matter.
pub fn take_in(said: &mut Said, update: &DemographicsUpdate) -> bool {
    let new = Saying {
        sent: update.sent.chars().filter(|c| !c.is_control()).collect(),
        demographics: update.demographics.clone(),
    };
    let place = if update.authoritative { &mut said.authoritative } else { &mut said.other };
    let newer = match place {
        None => true,
        Some(old) => (&new.sent, content(&new)) > (&old.sent, content(old)),
    };
    if newer {
        *place = Some(new);
    }
    newer
}

/// What is shown of all that was said: the newest ADT-00, its gaps filled by the newest other
/// message; only the latter while there is no ADT-00.
pub fn shown(said: &Said) -> Shown {
    match (&said.authoritative, &said.other) {
        (Some(main), other) => {
            let mut demographics = main.demographics.clone();
            if let Some(other) = other {
                fill(&mut demographics, &other.demographics);
            }
            Shown { demographics, sent: main.sent.clone(), authoritative: true }
        }
        (None, Some(other)) => Shown {
            demographics: other.demographics.clone(),
            sent: other.sent.clone(),
            authoritative: false,
        },
        (None, None) => Shown::default(),
    }
}

/// The search keys: whole name and given name, of the name and of its reading, each once. One
/// folding serves kanji, letters and kana, so that a name is found however it is typed.
pub fn tokens(demographics: &Demographics) -> Vec<String> {
    let mut tokens: Vec<String> = [&demographics.name, &demographics.kana]
        .iter()
        .flat_map(|name| [format!("{}{}", name.family, name.given), name.given.clone()])
        .map(|text| name_token(&text))
        .filter(|token| !token.is_empty())
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// The folding of names and of what is typed to find them, variants of kanji as one; bounded,
/// because it is a key. Whoever changes what it gives raises `search_keys::VERSION`.
pub fn name_token(text: &str) -> String {
    let limit = usize::try_from(SEARCH_CHARACTERS).unwrap_or(64);
    fold_variants(&kana_key(text)).chars().filter(|c| !c.is_control()).take(limit).collect()
}

/// The birth day as `YYYYMMDD`, where the day is known.
pub fn birth_day(demographics: &Demographics) -> Option<i64> {
    let birth = demographics.birth.as_ref()?;
    (birth.precision >= Precision::Day).then(|| birth.jst_day())
}

fn fill(main: &mut Demographics, other: &Demographics) {
    fill_name(&mut main.name, &other.name);
    fill_name(&mut main.kana, &other.kana);
    if main.birth.is_none() {
        main.birth.clone_from(&other.birth);
    }
    if main.sex.is_empty() {
        main.sex.clone_from(&other.sex);
    }
    if main.address.is_empty() && main.postal_code.is_empty() {
        main.address.clone_from(&other.address);
        main.postal_code.clone_from(&other.postal_code);
    }
    if main.phones.is_empty() {
        main.phones.clone_from(&other.phones);
    }
    if main.death.is_none() {
        main.death.clone_from(&other.death);
    }
}

fn fill_name(main: &mut PersonName, other: &PersonName) {
    if main.is_empty() {
        main.clone_from(other);
    }
}

fn content(saying: &Saying) -> String {
    serde_json::to_string(&saying.demographics).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PartialTime;
    use proptest::prelude::*;

    fn name(family: &str, given: &str) -> PersonName {
        PersonName { family: family.into(), given: given.into() }
    }

    fn update(sent: &str, authoritative: bool, demographics: Demographics) -> DemographicsUpdate {
        DemographicsUpdate {
            domain_oid: "1.2".into(),
            local_id: "1".into(),
            demographics,
            sent: sent.into(),
            authoritative,
        }
    }

    #[test]
    fn the_newest_authoritative_message_stands_and_others_fill_its_gaps() {
        let mut said = Said::default();
        let other = Demographics {
            name: name("古川", "花子"),
            sex: "F".into(),
            phones: vec!["03".into()],
            ..Demographics::default()
        };
        assert!(take_in(&mut said, &update("20200101", false, other)));
        assert!(!shown(&said).authoritative);
        let adt = Demographics { name: name("山田", "花子"), ..Demographics::default() };
        assert!(take_in(&mut said, &update("20100101", true, adt.clone())));
        let now = shown(&said);
        assert_eq!(now.demographics.name, name("山田", "花子"));
        assert_eq!(now.demographics.sex, "F");
        assert_eq!(now.demographics.phones, vec!["03".to_owned()]);
        assert_eq!((now.sent.as_str(), now.authoritative), ("20100101", true));
        assert!(!take_in(&mut said, &update("20090101", true, Demographics::default())));
        assert!(!take_in(&mut said, &update("20100101", true, adt)));
    }

    #[test]
    fn keys_are_whole_and_given_names_folded_alike() {
        let demographics = Demographics {
            name: name("山田", "さくら"),
            kana: name("ﾔﾏﾀﾞ", "サクラ"),
            ..Demographics::default()
        };
        assert_eq!(tokens(&demographics), vec!["サクラ", "ヤマダサクラ", "山田サクラ"]);
        let one_component =
            Demographics { name: name("山田　太郎", ""), ..Demographics::default() };
        assert_eq!(tokens(&one_component), vec!["山田太郎"]);
        let endless =
            Demographics { name: name(&"長".repeat(9_999), ""), ..Demographics::default() };
        assert_eq!(tokens(&endless)[0].chars().count(), 64);
    }

    #[test]
    fn a_birth_day_is_known_only_to_the_day() {
        let born = |text| Demographics {
            birth: Some(PartialTime::japan(text).unwrap()),
            ..Demographics::default()
        };
        assert_eq!(birth_day(&born("19480312")), Some(19480312));
        assert_eq!(birth_day(&born("194803")), None);
        assert_eq!(birth_day(&Demographics::default()), None);
    }

    proptest! {
        #[test]
        fn any_order_of_messages_ends_in_the_same_demographics(
            messages in prop::collection::vec((0_u8..4, any::<bool>(), "[ab]{0,1}", "[MF]{0,1}"), 0..8),
            seed in any::<u64>(),
        ) {
            let updates: Vec<DemographicsUpdate> = messages
                .iter()
                .map(|(sent, authoritative, family, sex)| {
                    let demographics = Demographics {
                        name: name(family, ""),
                        sex: sex.clone(),
                        ..Demographics::default()
                    };
                    update(&format!("2020010{sent}"), *authoritative, demographics)
                })
                .collect();
            let mut turned = updates.clone();
            for place in (1..turned.len()).rev() {
                turned.swap(place, (seed.rotate_left(place as u32 * 7) % (place as u64 + 1)) as usize);
            }
            let told = |updates: &[DemographicsUpdate]| {
                let mut said = Said::default();
                for update in updates {
                    take_in(&mut said, update);
                    take_in(&mut said, update);
                }
                said
            };
            prop_assert_eq!(told(&updates), told(&turned));
        }
    }
}
