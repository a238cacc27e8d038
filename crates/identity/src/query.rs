//! What was typed into the search, read in every way it can be meant.

use crate::birth::{BirthSpan, read_birth};
use crate::demographics::{birth_day, name_token, tokens};
use model::CommunityId;
use model::limits::{LOCAL_ID_CHARACTERS, SEARCH_CHARACTERS};
use ports::{Reading, SearchError};
use store::person::Identity;
use store::person_search::Criterion;

/// A search, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    names: Vec<String>,
    numbers: Vec<Number>,
}

/// A part that is no name: what it may be. At least one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    typed: String,
    birth: Option<BirthSpan>,
    community: Option<CommunityId>,
    local_id: Option<String>,
}

impl SearchQuery {
    /// Reads what was typed. Blanks and commas part it; every part is a name, or a birth date,
    /// community ID or local ID, as far as it has the form of one.
    pub fn read(text: &str) -> Result<SearchQuery, SearchError> {
        if text.chars().count() as u64 > SEARCH_CHARACTERS {
            return Err(SearchError::TooLong { limit: SEARCH_CHARACTERS });
        }
        let parts = join_dates(text);
        let mut query = SearchQuery { names: Vec::new(), numbers: Vec::new() };
        for part in parts {
            match number(&part) {
                Some(number) => query.numbers.push(number),
                None if name_token(&part).is_empty() => {}
                None => query.names.push(part),
            }
        }
        if query.names.is_empty() && query.numbers.is_empty() {
            return Err(SearchError::Empty);
        }
        Ok(query)
    }

    /// How each part was read, for the page.
    pub fn readings(&self) -> Vec<Reading> {
        let mut readings = Vec::new();
        if !self.names.is_empty() {
            readings.push(Reading::Name { typed: self.names.join(" "), key: self.whole_name() });
        }
        for number in &self.numbers {
            let typed = number.typed.clone();
            readings.extend(number.birth.map(|span| Reading::Birth {
                typed,
                first_day: span.first_day,
                last_day: span.last_day,
            }));
            readings.extend(number.community.clone().map(Reading::Community));
            readings.extend(number.local_id.clone().map(Reading::LocalId));
        }
        readings
    }

    /// What candidates are looked up by: the name, else the first number in each of its
    /// readings. Whether a candidate fits is for [`fits`](Self::fits) to say.
    pub fn criteria(&self) -> (Vec<Criterion>, Option<&CommunityId>) {
        match (self.names.as_slice(), self.numbers.first()) {
            ([], None) => (Vec::new(), None),
            ([], Some(number)) => {
                let mut criteria = Vec::new();
                criteria.extend(number.local_id.clone().map(Criterion::LocalId));
                criteria.extend(
                    number.birth.map(|span| Criterion::BirthDay(span.first_day, span.last_day)),
                );
                (criteria, number.community.as_ref())
            }
            ([first, second], _) => {
                let criterion = Criterion::TwoNames {
                    whole: self.whole_name(),
                    first: name_token(first),
                    second: name_token(second),
                };
                (vec![criterion], None)
            }
            _ => (vec![Criterion::Name(self.whole_name())], None),
        }
    }

    /// Follows community IDs with `lead` to the person they stand for today: the number on an old
    /// card finds the person whom its own was merged into.
    pub(crate) fn follow<E>(
        &mut self,
        mut lead: impl FnMut(&CommunityId) -> Result<Option<CommunityId>, E>,
    ) -> Result<(), E> {
        for number in &mut self.numbers {
            if let Some(id) = &number.community {
                number.community = lead(id)?;
            }
        }
        Ok(())
    }

    /// Whether a person with these visible identities fits, and if so, whether the birth date
    /// fits too. A name typed beside a birth date is enough to be found.
    pub fn fits(&self, community_id: &CommunityId, identities: &[Identity]) -> Option<bool> {
        let named = self.names.is_empty() || identities.iter().any(|i| self.name_fits(i));
        let mut birth_fits = true;
        for number in &self.numbers {
            if number.fits(community_id, identities) {
                continue;
            }
            if self.names.is_empty() || number.birth.is_none() {
                return None;
            }
            birth_fits = false;
        }
        named.then_some(birth_fits)
    }

    fn name_fits(&self, identity: &Identity) -> bool {
        let tokens = tokens(&identity.demographics);
        let begins = |key: &str| tokens.iter().any(|token| token.starts_with(key));
        let apart =
            self.names.len() == 2 && self.names.iter().all(|name| begins(&name_token(name)));
        begins(&self.whole_name()) || apart
    }

    fn whole_name(&self) -> String {
        name_token(&self.names.concat())
    }
}

impl Number {
    fn fits(&self, community_id: &CommunityId, identities: &[Identity]) -> bool {
        let born = |identity: &Identity| {
            let day = birth_day(&identity.demographics);
            self.birth.zip(day).is_some_and(|(span, day)| span.contains(day))
        };
        let is_local = |identity: &Identity| self.local_id.as_ref() == Some(&identity.local_id);
        self.community.as_ref() == Some(community_id)
            || identities.iter().any(|identity| born(identity) || is_local(identity))
    }
}

/// The parts between blanks and commas; a date written with blanks (`昭和23年 3月 12日`) is one.
fn join_dates(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let separates = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '、' | '，');
    for part in text.split(separates).filter(|part| !part.is_empty()) {
        match parts.last_mut() {
            Some(last)
                if last.ends_with(['年', '月'])
                    && read_birth(&format!("{last}{part}")).is_some() =>
            {
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

fn number(part: &str) -> Option<Number> {
    let half: String = part
        .chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect();
    let id_form = half.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let has_digit = half.bytes().any(|b| b.is_ascii_digit());
    let short = half.len() as u64 <= LOCAL_ID_CHARACTERS;
    let number = Number {
        birth: read_birth(&half),
        community: half.parse().ok(),
        local_id: (id_form && has_digit && short).then(|| half.clone()),
        typed: part.to_owned(),
    };
    let is_any = number.birth.is_some() || number.community.is_some() || number.local_id.is_some();
    is_any.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn readings(text: &str) -> Vec<Reading> {
        SearchQuery::read(text).unwrap().readings()
    }

    fn birth(typed: &str, first_day: i64, last_day: i64) -> Reading {
        Reading::Birth { typed: typed.into(), first_day, last_day }
    }

    fn name(typed: &str, key: &str) -> Reading {
        Reading::Name { typed: typed.into(), key: key.into() }
    }

    #[test]
    fn names_are_joined_and_folded() {
        assert_eq!(readings("やまだ　た"), vec![name("やまだ た", "ヤマダタ")]);
        assert_eq!(readings("山田、太郎"), vec![name("山田 太郎", "山田太郎")]);
        assert_eq!(readings("ﾔﾏﾀﾞ"), vec![name("ﾔﾏﾀﾞ", "ヤマダ")]);
        assert_eq!(readings("Nguyen Thi"), vec![name("Nguyen Thi", "nguyenthi")]);
    }

    #[test]
    fn a_number_is_read_in_every_way_it_can_be_meant() {
        let id = CommunityId::from_serial(123);
        assert_eq!(
            readings("19480312"),
            vec![birth("19480312", 19480312, 19480312), Reading::LocalId("19480312".into())]
        );
        assert_eq!(readings("S23.3.12"), vec![birth("S23.3.12", 19480312, 19480312)]);
        assert_eq!(readings("００４５６７１２"), vec![Reading::LocalId("00456712".into())]);
        assert_eq!(
            readings(id.digits()),
            vec![Reading::Community(id.clone()), Reading::LocalId(id.digits().into())]
        );
        assert_eq!(readings(&id.to_string())[0], Reading::Community(id));
    }

    #[test]
    fn names_and_dates_mix() {
        assert_eq!(
            readings("ヤマダ 昭和23年 3月 12日"),
            vec![name("ヤマダ", "ヤマダ"), birth("昭和23年3月12日", 19480312, 19480312)]
        );
        assert_eq!(
            readings("やまだ　た　S23"),
            vec![
                name("やまだ た", "ヤマダタ"),
                birth("S23", 19480101, 19481231),
                Reading::LocalId("S23".into())
            ]
        );
    }

    #[test]
    fn refuses_nothing_and_too_much() {
        assert_eq!(SearchQuery::read(" 　、,\0"), Err(SearchError::Empty));
        assert_eq!(SearchQuery::read("・"), Err(SearchError::Empty));
        assert_eq!(SearchQuery::read(&"あ".repeat(65)), Err(SearchError::TooLong { limit: 64 }));
    }

    proptest! {
        #[test]
        fn never_panics_and_reads_something_or_says_why(text in "\\PC{0,70}|[ 　、S昭和平成0-9./年月日ヤマダ山田-]{0,40}") {
            if let Ok(query) = SearchQuery::read(&text) {
                prop_assert!(!query.readings().is_empty());
                let (criteria, community) = query.criteria();
                prop_assert!(!criteria.is_empty() || community.is_some());
            }
        }
    }
}
