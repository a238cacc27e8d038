//! Short names of document kinds, for the cells of the timeline.

use crate::layout::DataKind;

/// Standard document codes (SS-MIX2 extended storage, LOINC) whose kind has a customary short
/// name in Japanese charts.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("18842-5", "退院"),
    ("34746-8", "看サ"),
    ("60591-5", "サマリ"),
    ("11506-3", "経過"),
    ("34108-1", "外来"),
    ("34112-3", "入院"),
    ("28623-7", "看護"),
    ("34874-8", "手術"),
    ("18748-4", "画像"),
    ("18747-6", "CT"),
    ("18755-9", "MRI"),
    ("18758-3", "PET"),
    ("18751-8", "上内"),
    ("18746-8", "下内"),
    ("11526-1", "病理"),
    ("47526-9", "細胞"),
    ("28010-7", "心電"),
    ("59281-6", "心エ"),
    ("12132-7", "US"),
    ("11502-2", "検査"),
    ("18725-2", "微生"),
    ("53576-5", "健診"),
    ("34133-9", "現病"),
    ("59772-4", "入診"),
    ("29749-9", "透析"),
    ("57133-1", "情提"),
    ("57833-6", "処方"),
    ("34895-3", "指導"),
    ("64299-1", "証明"),
    ("11488-4", "意見"),
    ("59284-0", "同意"),
    ("69730-0", "指示"),
    ("74465-6", "問診"),
    ("56447-6", "計画"),
    ("47045-0", "報告"),
    ("34109-9", "記録"),
];

/// Characters of a name that stand for it where no short name is known.
const LETTERS: usize = 4;

/// What a cell says of a document: the short name of its standard code, else the first
/// characters of its own name, else of the data type as it stands.
pub fn short_name(kind: &DataKind) -> String {
    let by_code = [&kind.standard.code, &kind.local.code]
        .into_iter()
        .find_map(|code| SHORT_NAMES.iter().find(|(known, _)| known == code));
    match by_code {
        Some((_, short)) => (*short).to_owned(),
        None if !kind.name.contains('^') => kind.name.clone(),
        None => kind.document_name().chars().take(LETTERS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_code_names_it_else_its_own_name_does() {
        let short = |name: &str| short_name(&DataKind::parse(name));
        assert_eq!(short("L1^当院退院サマリ^99Z^18842-5^退院時サマリー^LN"), "退院");
        assert_eq!(short("L-OBSERVATIONS^OBSERVATIONS^99ZL01"), "OBSE");
        assert_eq!(short("L9^透析経過表^99Z"), "透析経過");
        assert_eq!(short("OML-12"), "OML-12");
    }
}
