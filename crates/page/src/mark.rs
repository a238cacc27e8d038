//! A facility's mark: five colours and three shapes meet in fifteen marks, so that a colour never
//! tells anything alone.

/// The colour of a mark's number: 1 to 5.
pub fn colour(mark: i64) -> i64 {
    mark.rem_euclid(5) + 1
}

/// The shape of a mark's number: `sq`, `di` or `ci`.
pub fn shape(mark: i64) -> &'static str {
    ["sq", "di", "ci"][usize::try_from(mark.rem_euclid(3)).unwrap_or(0)]
}

/// The classes of a mark: colour and shape.
pub fn class(mark: i64) -> String {
    format!("f{} {}", colour(mark), shape(mark))
}

#[cfg(test)]
mod tests {
    use super::class;
    use std::collections::BTreeSet;

    #[test]
    fn fifteen_facilities_have_marks_of_their_own() {
        let marks: BTreeSet<String> = (0..15).map(class).collect();
        assert_eq!(marks.len(), 15);
        assert_eq!((class(0), class(16)), ("f1 sq".to_owned(), "f2 di".to_owned()));
    }
}
