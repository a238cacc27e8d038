//! Comments that laboratories send beside results, as numbered footnotes of a table: a comment
//! such as "haemolysed" changes what a value means.

/// The footnotes of a page, each text once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(Vec<String>);

impl Notes {
    /// The marks of comments, such as `*1 *3`; empty where there is none.
    pub fn mark(&mut self, comments: &[String]) -> String {
        let mut marks: Vec<String> = Vec::new();
        for comment in comments.iter().filter(|comment| !comment.trim().is_empty()) {
            let known = self.0.iter().position(|note| note == comment);
            let place = known.unwrap_or_else(|| {
                self.0.push(comment.clone());
                self.0.len() - 1
            });
            let mark = format!("*{}", place + 1);
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
        marks.join(" ")
    }

    /// Mark and text of each footnote.
    pub fn listed(self) -> Vec<(String, String)> {
        let numbered = self.0.into_iter().enumerate();
        numbered.map(|(place, note)| (format!("*{}", place + 1), note)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_one_footnote() {
        let mut notes = Notes::default();
        let comments = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(notes.mark(&[]), "");
        assert_eq!(notes.mark(&comments(&["溶血", " "])), "*1");
        assert_eq!(notes.mark(&comments(&["乳び", "溶血", "乳び"])), "*2 *1");
        let listed = notes.listed();
        assert_eq!(listed, [("*1".into(), "溶血".into()), ("*2".to_owned(), "乳び".to_owned())]);
    }
}
