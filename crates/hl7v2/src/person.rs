//! Data types of people as they are written: CX, XPN, XAD (HL7 v2.5 §2.A).
//!
//! Each gives repetitions of components of subcomponents, for
//! [`SegmentBuilder::tree`](crate::build::SegmentBuilder::tree).

use model::demographics::{Demographics, PersonName};
use model::hl7::PatientId;

/// Repetitions of components of subcomponents.
pub type Tree = Vec<Vec<Vec<String>>>;

/// Patient IDs (CX): ID, assigning authority with namespace and OID, and `PI`.
pub fn ids(ids: &[PatientId]) -> Tree {
    ids.iter()
        .map(|one| {
            let authority = vec![
                one.authority.namespace.clone(),
                one.authority.oid.clone(),
                if one.authority.oid.is_empty() { String::new() } else { "ISO".to_owned() },
            ];
            let none = || vec![String::new()];
            vec![vec![one.id.clone()], none(), none(), authority, vec!["PI".to_owned()]]
        })
        .collect()
}

/// Names (XPN): ideographic (`I`) and phonetic (`P`) repetitions as Japan writes them; a name in
/// Latin letters is alphabetic (`A`).
pub fn names(demographics: &Demographics) -> Tree {
    let mut all = Vec::new();
    if !demographics.name.is_empty() {
        all.push(name(&demographics.name, representation(&demographics.name)));
    }
    if !demographics.kana.is_empty() && demographics.kana != demographics.name {
        all.push(name(&demographics.kana, "P"));
    }
    all
}

/// An address (XAD): what was kept is one line and the postal code.
pub fn address(demographics: &Demographics) -> Tree {
    if demographics.address.is_empty() && demographics.postal_code.is_empty() {
        return Vec::new();
    }
    let part = |text: &str| vec![text.to_owned()];
    let (line, code) = (&demographics.address, &demographics.postal_code);
    vec![vec![part(""), part(""), part(""), part(""), part(code), part(""), part("H"), part(line)]]
}

fn name(name: &PersonName, representation: &str) -> Vec<Vec<String>> {
    ["family", "given", "", "", "", "", "L", representation]
        .into_iter()
        .map(|part| {
            let text = match part {
                "family" => &name.family,
                "given" => &name.given,
                other => other,
            };
            vec![text.to_owned()]
        })
        .collect()
}

fn representation(name: &PersonName) -> &'static str {
    if name.family.is_ascii() && name.given.is_ascii() { "A" } else { "I" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{MessageBuilder, SegmentBuilder};
    use model::hl7::AssigningAuthority;

    fn written(tree: Tree) -> String {
        let mut message = MessageBuilder::new();
        message.push(SegmentBuilder::new("PID").tree(1, tree));
        message.build()
    }

    fn who(family: &str, given: &str) -> PersonName {
        PersonName { family: family.into(), given: given.into() }
    }

    #[test]
    fn names_are_repetitions_by_representation() {
        let both = Demographics {
            name: who("山田", "太郎"),
            kana: who("ヤマダ", "タロウ"),
            ..Demographics::default()
        };
        let expected = "PID|山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P\r";
        assert_eq!(written(names(&both)), expected);
        let latin = Demographics { name: who("SMITH", "JOHN"), ..Demographics::default() };
        assert_eq!(written(names(&latin)), "PID|SMITH^JOHN^^^^^L^A\r");
        assert_eq!(written(names(&Demographics::default())), "PID\r");
    }

    #[test]
    fn ids_carry_both_names_of_their_authority() {
        let id = |namespace: &str, oid: &str| PatientId {
            id: "0^1".into(),
            authority: AssigningAuthority { namespace: namespace.into(), oid: oid.into() },
        };
        let expected = "PID|0\\S\\1^^^HA&1.2&ISO^PI~0\\S\\1^^^&1.3&ISO^PI\r";
        assert_eq!(written(ids(&[id("HA", "1.2"), id("", "1.3")])), expected);
    }

    #[test]
    fn an_address_is_one_line() {
        let home = Demographics {
            address: "東京都".into(),
            postal_code: "1000001".into(),
            ..Demographics::default()
        };
        assert_eq!(written(address(&home)), "PID|^^^^1000001^^H^東京都\r");
        assert_eq!(written(address(&Demographics::default())), "PID\r");
    }
}
