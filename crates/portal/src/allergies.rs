//! Allergies as statements: a hospital that repeats one with every order says it once.

use crate::facts::Found;
use model::Coded;
use model::fact::{Allergy, FactBody, Status};
use std::cmp::Reverse;
use text::key::name_key;

/// What a source says of one allergen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The newest fact that says it: its document, its status.
    pub found: &'a Found,
    /// As the newest says it; what it leaves out stands as an earlier one said it.
    pub allergy: Allergy,
}

/// Every statement, newest first. Facts of one source about one allergen are one statement, with
/// the newest one's provenance and status. Sources stay apart: two hospitals that both know of
/// an allergy are two statements.
pub fn statements(found: &[Found]) -> Vec<Statement<'_>> {
    let mut said: Vec<(&Found, &Allergy)> = found
        .iter()
        .filter_map(|it| match &it.fact.body {
            FactBody::Allergy(allergy) => Some((it, allergy)),
            _ => None,
        })
        .collect();
    said.sort_by_key(|(it, _)| {
        let at = it.fact.at.as_ref().map(|at| at.first);
        (Reverse(at), Reverse(it.document_id), it.fact.ordinal)
    });
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (it, allergy) in said {
        match groups.iter_mut().find(|group| group.is_about(it, allergy)) {
            Some(group) => group.add(it, allergy),
            None => groups.push(Group::new(it, allergy)),
        }
    }
    groups.into_iter().flat_map(|group| group.lines).collect()
}

/// One allergen of one source. A document may say several things of it (two reactions, two
/// severities): those of the newest document all stand.
struct Group<'a> {
    names: Vec<&'a Allergy>,
    lines: Vec<Statement<'a>>,
    source_id: Option<i64>,
    document_id: i64,
}

impl<'a> Group<'a> {
    fn new(found: &'a Found, allergy: &'a Allergy) -> Group<'a> {
        Group {
            names: vec![allergy],
            lines: vec![Statement { found, allergy: allergy.clone() }],
            source_id: found.source_id,
            document_id: found.document_id,
        }
    }

    fn is_about(&self, found: &Found, allergy: &Allergy) -> bool {
        self.source_id == found.source_id && self.names.iter().any(|it| is_same(it, allergy))
    }

    fn add(&mut self, found: &'a Found, allergy: &'a Allergy) {
        if !self.names.contains(&allergy) {
            self.names.push(allergy);
        }
        if self.document_id == found.document_id {
            if !self.lines.iter().any(|line| line.allergy == *allergy) {
                self.lines.push(Statement { found, allergy: allergy.clone() });
            }
        } else if let [line] = self.lines.as_mut_slice()
            && found.fact.status != Status::Cancelled
        {
            complete(&mut line.allergy, allergy);
        }
    }
}

/// Whether two statements are about one allergen: the same words, and no category that
/// contradicts. A code alone does not make them one: hospitals write "other" as a code and the
/// allergen beside it in words.
fn is_same(one: &Allergy, other: &Allergy) -> bool {
    let categories_fit = one.category.is_empty()
        || other.category.is_empty()
        || has_same_code(&one.category, &other.category)
        || is_alike(&one.category, &other.category);
    match (one.allergen.is_empty(), other.allergen.is_empty()) {
        (false, false) => categories_fit && is_alike(&one.allergen, &other.allergen),
        (true, true) => is_alike(&one.category, &other.category),
        _ => false,
    }
}

fn has_same_code(one: &Coded, other: &Coded) -> bool {
    let codes = one.codes.iter().filter(|code| !code.code.is_empty());
    let mut codes = codes.map(|code| (&code.code, &code.system));
    codes.any(|code| other.codes.iter().any(|it| (&it.code, &it.system) == code))
}

fn is_alike(one: &Coded, other: &Coded) -> bool {
    name_key(one.display()) == name_key(other.display())
}

fn complete(newest: &mut Allergy, earlier: &Allergy) {
    let fill = |into: &mut Coded, from: &Coded| {
        if into.is_empty() {
            into.clone_from(from);
        }
    };
    fill(&mut newest.category, &earlier.category);
    fill(&mut newest.severity, &earlier.severity);
    if newest.reactions.is_empty() {
        newest.reactions.clone_from(&earlier.reactions);
    }
    if newest.onset.is_none() && newest.onset_text.is_empty() {
        newest.onset.clone_from(&earlier.onset);
        newest.onset_text.clone_from(&earlier.onset_text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PartialTime;
    use model::fact::{Fact, Place};

    fn said(document: i64, source: i64, at: &str, allergy: Allergy) -> Found {
        Found {
            document_id: document,
            source_id: Some(source),
            chart_key: String::new(),
            fact: Fact {
                ordinal: 0,
                place: Place { segment: "AL1".into(), index: 3 },
                at: PartialTime::japan(at).ok(),
                status: Status::Final,
                body: FactBody::Allergy(allergy),
            },
        }
    }

    fn allergy(code: &str, text: &str, reactions: &[&str]) -> Allergy {
        Allergy {
            allergen: Coded::single(code, text, if code.is_empty() { "" } else { "99DRG" }),
            reactions: reactions.iter().map(|it| (*it).to_owned()).collect(),
            ..Allergy::default()
        }
    }

    fn shown(found: &[Found]) -> Vec<(i64, String, Vec<String>)> {
        let line = |it: Statement<'_>| {
            (it.found.document_id, it.allergy.allergen.display().to_owned(), it.allergy.reactions)
        };
        statements(found).into_iter().map(line).collect()
    }

    #[test]
    fn one_allergen_of_one_source_is_one_line_of_the_newest_document() {
        let found = [
            said(1, 1, "20240101", allergy("1", "ペニシリン系", &["呼吸困難"])),
            said(3, 1, "20240301", allergy("1", "ﾍﾟﾆｼﾘﾝ系", &[])),
            said(2, 1, "20240201", allergy("", "ペニシリン系", &[])),
            said(4, 1, "20240115", allergy("99", "卵", &["蕁麻疹"])),
            said(5, 1, "20240116", allergy("99", "ソバ", &[])),
        ];
        let expected = [
            (3, "ﾍﾟﾆｼﾘﾝ系".to_owned(), vec!["呼吸困難".to_owned()]),
            (5, "ソバ".to_owned(), vec![]),
            (4, "卵".to_owned(), vec!["蕁麻疹".to_owned()]),
        ];
        assert_eq!(shown(&found), expected, "a later order's silence loses no reaction");
    }

    #[test]
    fn sources_stay_apart_and_so_do_contradicting_categories() {
        let of = |category: &str| Allergy {
            category: Coded::single(category, category, "HL70127"),
            ..allergy("", "卵", &[])
        };
        let found = [
            said(1, 1, "20240101", of("FA")),
            said(2, 2, "20240102", of("FA")),
            said(3, 1, "20240103", of("DA")),
        ];
        assert_eq!(statements(&found).len(), 3);
        let unnamed = Allergy { allergen: Coded::default(), ..of("FA") };
        assert_eq!(
            statements(&[said(1, 1, "2024", of("FA")), said(2, 1, "2024", unnamed)]).len(),
            2
        );
    }

    #[test]
    fn the_newest_statement_says_whether_it_holds() {
        let mut deleted = said(2, 1, "20240201", allergy("1", "ペニシリン系", &[]));
        deleted.fact.status = Status::Cancelled;
        let first = said(1, 1, "20240101", allergy("1", "ペニシリン系", &["発疹"]));
        let both = [first.clone(), deleted.clone()];
        let found = statements(&both);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].found.fact.status, Status::Cancelled);

        let again = said(3, 1, "20240301", allergy("1", "ペニシリン系", &[]));
        let all = [deleted, again];
        let found = statements(&all);
        assert_eq!((found.len(), found[0].found.fact.status), (1, Status::Final));
        assert!(found[0].allergy.reactions.is_empty());
    }

    #[test]
    fn what_one_document_says_twice_stands_once_and_what_differs_stands() {
        let first = allergy("1", "ペニシリン系", &["発疹"]);
        let other = allergy("1", "ペニシリン系", &["呼吸困難"]);
        let found = [first.clone(), first, other].map(|allergy| said(1, 1, "20240101", allergy));
        assert_eq!(statements(&found).len(), 2);
    }
}
