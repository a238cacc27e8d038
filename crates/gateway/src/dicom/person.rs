//! Whether a server's patient is the one who is meant: numbers can be another's, so demographics
//! are compared before anything is fetched.

use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use text::key::{fold_variants, kana_loose_key, name_key};
use text::{kana_skeleton, romaji_skeleton};

/// Who a patient is, as a server says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PersonSaid {
    /// Patient's Name (PS3.5 6.2.1): groups parted by `=`, components by `^`.
    pub name: String,
    pub birth: Option<PartialTime>,
    /// `M`, `F`, `O`, or nothing.
    pub sex: String,
}

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// Birth date, sex and name are known and agree.
    Same,
    /// Too little is known to say; nothing speaks against it.
    Open,
    /// It is another human: the first field that says so.
    Other(&'static str),
}

/// Compares what a server says of a patient with what is known of an identity.
pub(crate) fn compare(said: &PersonSaid, known: &Demographics) -> Likeness {
    let birth = match (&said.birth, &known.birth) {
        (Some(one), Some(other)) if !one.is_unknown() && !other.is_unknown() => {
            Some(one.first == other.first)
        }
        _ => None,
    };
    let sex = match (said.sex.as_str(), known.sex.as_str()) {
        (one @ ("M" | "F"), other @ ("M" | "F")) => Some(one == other),
        _ => None,
    };
    let name = compare_names(&said.name, known);
    match (birth, sex, name) {
        (Some(false), ..) => Likeness::Other("birth date"),
        (_, Some(false), _) => Likeness::Other("sex"),
        (.., Some(false)) => Likeness::Other("name"),
        (Some(true), Some(true), Some(true)) => Likeness::Same,
        _ => Likeness::Open,
    }
}

/// Compares with every record of one human: who is another than one of them is another.
pub(crate) fn compare_all<'a>(
    said: &PersonSaid,
    known: impl IntoIterator<Item = &'a Demographics>,
) -> Likeness {
    let mut all = Likeness::Open;
    for one in known {
        match compare(said, one) {
            Likeness::Other(field) => return Likeness::Other(field),
            Likeness::Same => all = Likeness::Same,
            Likeness::Open => {}
        }
    }
    all
}

/// The demographics that a server says of a patient, for the identity feed.
pub(crate) fn demographics(said: &PersonSaid) -> Demographics {
    let [alphabetic, ideographic, phonetic] = groups(&said.name);
    let name = [&ideographic, &alphabetic, &phonetic].into_iter().find(|name| !name.is_empty());
    let kana = if alphabetic.is_kana() && phonetic.is_empty() { &alphabetic } else { &phonetic };
    Demographics {
        name: name.cloned().unwrap_or_default(),
        kana: kana.clone(),
        birth: said.birth.clone(),
        sex: said.sex.clone(),
        ..Demographics::default()
    }
}

/// Whether names agree; `None` where no two forms can be compared. A family name changes with a
/// marriage: one half that agrees speaks for neither.
fn compare_names(said: &str, known: &Demographics) -> Option<bool> {
    let [alphabetic, ideographic, phonetic] = groups(said);
    let writing = |text: &str| fold_variants(&name_key(text));
    let mut pairs: Vec<(Halves, Halves)> = Vec::new();
    for name in [&ideographic, &alphabetic] {
        let is_comparable = !name.is_empty()
            && !known.name.is_empty()
            && is_latin(name) == is_latin(&known.name)
            && name.is_kana() == known.name.is_kana();
        if is_comparable {
            pairs.push((halves(name, writing), halves(&known.name, writing)));
        }
    }
    for name in [&phonetic, &alphabetic] {
        if !name.is_empty() && name.is_kana() && !known.kana.is_empty() {
            pairs.push((halves(name, kana_loose_key), halves(&known.kana, kana_loose_key)));
        }
    }
    if pairs.is_empty() && is_latin(&alphabetic) && !known.kana.is_empty() {
        pairs.push((halves(&alphabetic, romaji_skeleton), halves(&known.kana, kana_skeleton)));
    }
    if pairs.is_empty() {
        return None;
    }
    if pairs.iter().any(|(one, other)| one.whole == other.whole) {
        return Some(true);
    }
    let shares_half = |(one, other): &(Halves, Halves)| {
        (!one.given.is_empty() && one.given == other.given)
            || (!one.family.is_empty() && one.family == other.family)
    };
    if pairs.iter().any(shares_half) { None } else { Some(false) }
}

struct Halves {
    whole: String,
    family: String,
    given: String,
}

fn halves(name: &PersonName, key: impl Fn(&str) -> String) -> Halves {
    let (family, given) = (key(&name.family), key(&name.given));
    Halves { whole: format!("{family}{given}"), family, given }
}

fn is_latin(name: &PersonName) -> bool {
    !name.is_empty() && name.full().is_ascii()
}

/// Alphabetic, ideographic and phonetic group. Many servers put kanji or kana into the first.
fn groups(name: &str) -> [PersonName; 3] {
    let mut groups = name.split('=').map(|group| {
        let mut components = group.split('^').map(str::trim);
        PersonName {
            family: components.next().unwrap_or_default().to_owned(),
            given: components.next().unwrap_or_default().to_owned(),
        }
    });
    std::array::from_fn(|_| groups.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Demographics {
        let name =
            |family: &str, given: &str| PersonName { family: family.into(), given: given.into() };
        Demographics {
            name: name("渡邊", "翔太"),
            kana: name("ワタナベ", "ショウタ"),
            birth: PartialTime::japan("19610203").ok(),
            sex: "M".into(),
            ..Demographics::default()
        }
    }

    fn said(name: &str, birth: &str, sex: &str) -> PersonSaid {
        PersonSaid {
            name: name.into(),
            birth: PartialTime::japan(birth).ok().filter(|time| !time.is_unknown()),
            sex: sex.into(),
        }
    }

    #[test]
    fn the_same_human_is_known_in_every_writing() {
        for name in [
            "WATANABE^SHOUTA=渡辺^翔太=わたなべ^しょうた",
            "渡邊^翔太",
            "ﾜﾀﾅﾍﾞ^ｼｮｳﾀ",
            "Watanabe^Syota",
            "=渡邊　翔太",
        ] {
            assert_eq!(compare(&said(name, "19610203", "M"), &known()), Likeness::Same, "{name}");
        }
    }

    #[test]
    fn another_birth_date_sex_or_name_is_another_human() {
        let other = |said| match compare(&said, &known()) {
            Likeness::Other(field) => field,
            likeness => panic!("{likeness:?}"),
        };
        assert_eq!(other(said("渡辺^翔太", "19610204", "M")), "birth date");
        assert_eq!(other(said("渡辺^翔太", "19610203", "F")), "sex");
        assert_eq!(other(said("山田^太郎", "19610203", "M")), "name");
        assert_eq!(other(said("YAMADA^TARO", "", "")), "name");
    }

    #[test]
    fn what_is_not_known_speaks_neither_for_nor_against() {
        assert_eq!(compare(&said("渡辺^翔太", "", "M"), &known()), Likeness::Open);
        assert_eq!(compare(&said("", "19610203", "M"), &known()), Likeness::Open);
        assert_eq!(
            compare(&said("佐藤^翔太", "19610203", "M"), &known()),
            Likeness::Open,
            "a family name changes with a marriage"
        );
        let nothing = Demographics::default();
        assert_eq!(compare(&said("渡辺^翔太", "19610203", "M"), &nothing), Likeness::Open);
        let all = [nothing, known()];
        let likeness = compare_all(&said("山田^太郎", "19610203", "M"), &all);
        assert_eq!(likeness, Likeness::Other("name"));
    }
}
