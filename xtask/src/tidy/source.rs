//! One Rust file as tidy sees it: code with comments and texts blanked out, the string
//! literals, and the lines that belong to tests.

use std::ops::Range;

/// A Rust file.
pub struct Source {
    /// Path from the checkout's root, with `/`.
    pub path: String,
    /// The file with comments and the inside of literals replaced by blanks; lines keep their
    /// numbers and bytes their places.
    pub code: String,
    /// The string literals.
    pub literals: Vec<Literal>,
    /// Whether the whole file belongs to tests.
    pub is_test: bool,
    /// Byte ranges of `#[cfg(test)]` modules.
    tests: Vec<Range<usize>>,
}

/// A string literal.
pub struct Literal {
    /// Place of its opening quote.
    pub at: usize,
    /// What stands between its quotes, escapes as written.
    pub text: String,
}

impl Source {
    /// Reads `text`, the content of the file at `path`.
    pub fn new(path: String, text: &str) -> Source {
        let (code, literals) = blank_out(text);
        let tests = test_modules(&code);
        let is_test = ["tests", "benches", "examples"]
            .iter()
            .any(|folder| path.split('/').any(|part| part == *folder))
            || path.ends_with("tests.rs");
        Source { path, code, literals, is_test, tests }
    }

    /// The number of the line, from 1, of the byte at `place`.
    pub fn line(&self, place: usize) -> usize {
        self.code[..place].bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    /// Whether the byte at `place` belongs to a test.
    pub fn in_test(&self, place: usize) -> bool {
        self.is_test || self.tests.iter().any(|range| range.contains(&place))
    }

    /// Places where `pattern` stands in the code, not as the end of a longer word.
    pub fn find<'a>(&'a self, pattern: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code.match_indices(pattern).map(|(place, _)| place).filter(|place| {
            let before = self.code[..*place].chars().next_back();
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            !(pattern.starts_with(is_word) && before.is_some_and(is_word))
        })
    }
}

/// Modules that a file declares for tests only (`#[cfg(test)] mod name;`): the beginnings of their
/// files' paths.
pub fn test_files(source: &Source) -> Vec<String> {
    let (folder, name) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
    let folder = match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
    };
    let declarations = source.code.split("#[cfg(test)]").skip(1);
    declarations
        .filter_map(|rest| {
            let declared =
                rest.trim_start().trim_start_matches("pub(crate) ").strip_prefix("mod ")?;
            let end = declared.find([';', '{'])?;
            let module = declared[..end].trim();
            declared[end..].starts_with(';').then(|| format!("{folder}/{module}"))
        })
        .flat_map(|path| [format!("{path}.rs"), format!("{path}/")])
        .collect()
}

/// The place behind the brace that closes the one at `open`, in blanked-out code.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return place + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn test_modules(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(place, _)| place);
    starts
        .filter_map(|start| {
            let rest = &code[start..];
            let open = rest.find('{')?;
            // `#[cfg(test)] mod tests;` and `use …;` have no block of their own.
            let is_block = rest.find(';').is_none_or(|end| open < end);
            is_block.then(|| start..closing(code, start + open))
        })
        .collect()
}

fn blank_out(text: &str) -> (String, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        let (token, end) = token(bytes, place);
        match token {
            Token::Code => {}
            Token::Comment => blank(&mut code[place..end]),
            Token::Character { inside } => blank(&mut code[inside]),
            Token::Text { inside } => {
                let written = String::from_utf8_lossy(&bytes[inside.clone()]).into_owned();
                literals.push(Literal { at: place, text: written });
                blank(&mut code[inside]);
            }
        }
        place = end;
    }
    (String::from_utf8_lossy(&code).into_owned(), literals)
}

enum Token {
    Code,
    Comment,
    Character { inside: Range<usize> },
    Text { inside: Range<usize> },
}

/// What begins at `place`, and where it ends.
fn token(bytes: &[u8], place: usize) -> (Token, usize) {
    let rest = &bytes[place..];
    if rest.starts_with(b"//") {
        return (Token::Comment, find(bytes, place, b"\n"));
    }
    if rest.starts_with(b"/*") {
        return (Token::Comment, block_comment(bytes, place));
    }
    if rest[0] == b'"' {
        let end = quoted(bytes, place + 1, b'"');
        return (Token::Text { inside: place + 1..end }, (end + 1).min(bytes.len()));
    }
    if rest[0] == b'\'' {
        return character(bytes, place);
    }
    let begins_word = place == 0 || !is_word(bytes[place - 1]);
    if begins_word && let Some((inside, end)) = raw_text(bytes, place) {
        return (Token::Text { inside }, end);
    }
    (Token::Code, place + 1)
}

/// `'x'` or `'\n'`; a lifetime is code.
fn character(bytes: &[u8], place: usize) -> (Token, usize) {
    let escaped = bytes.get(place + 1) == Some(&b'\\');
    let end = quoted(bytes, place + 1, b'\'');
    let width = bytes.get(place + 1).map_or(1, |first| match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    });
    match escaped || end == place + 1 + width {
        true => (Token::Character { inside: place + 1..end }, (end + 1).min(bytes.len())),
        false => (Token::Code, place + 1),
    }
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`.
fn raw_text(bytes: &[u8], place: usize) -> Option<(Range<usize>, usize)> {
    let prefix = usize::from(matches!(bytes[place], b'b' | b'c'));
    let after = bytes.get(place + prefix..)?.strip_prefix(b"r")?;
    let hashes = after.iter().take_while(|byte| **byte == b'#').count();
    after[hashes..].starts_with(b"\"").then(|| {
        let start = place + prefix + 1 + hashes + 1;
        let mut close = vec![b'"'];
        close.resize(1 + hashes, b'#');
        let end = find(bytes, start, &close);
        (start..end, (end + close.len()).min(bytes.len()))
    })
}

fn block_comment(bytes: &[u8], place: usize) -> usize {
    let (mut depth, mut at) = (0_usize, place);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted(bytes: &[u8], mut place: usize, quote: u8) -> usize {
    while place < bytes.len() && bytes[place] != quote {
        place += if bytes[place] == b'\\' { 2 } else { 1 };
    }
    place.min(bytes.len())
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let found = bytes[from..].windows(what.len()).position(|window| window == what);
    found.map_or(bytes.len(), |offset| from + offset)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("crates/x/src/lib.rs".into(), text)
    }

    #[test]
    fn comments_and_texts_are_blank_and_places_stay() {
        let text =
            "a(\"x \\\" } 山\"); // b(\n/* c( /* d( */ */ e('}', '\\'', 'b: loop {}, r#\"f(\"#)";
        let read = source(text);
        assert_eq!(read.code.len(), text.len());
        for gone in ["b(", "c(", "d(", "f("] {
            assert!(!read.code.contains(gone), "{gone} in {}", read.code);
        }
        assert!(read.code.contains("e('") && read.code.contains("'b: loop {}"));
        let texts: Vec<_> = read.literals.iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(texts, ["x \\\" } 山", "f("]);
    }

    #[test]
    fn test_modules_are_known() {
        let read =
            source("fn a() { x() }\n#[cfg(test)]\nmod tests { fn b() { x() } }\nfn c() { x() }");
        let inside: Vec<_> = read.find("x()").map(|place| read.in_test(place)).collect();
        assert_eq!(inside, [false, true, false]);
        let outside = source("#[cfg(test)]\nmod tests;\nfn a() { x() }");
        assert!(!outside.in_test(outside.find("x()").next().unwrap()));
        assert!(Source::new("crates/x/tests/a.rs".into(), "").is_test);
    }

    #[test]
    fn files_declared_for_tests_are_known() {
        let declared =
            Source::new("crates/x/src/a.rs".into(), "#[cfg(test)]\nmod fake;\nmod real;");
        assert_eq!(test_files(&declared), ["crates/x/src/a/fake.rs", "crates/x/src/a/fake/"]);
        assert_eq!(test_files(&source("#[cfg(test)] mod fake;"))[0], "crates/x/src/fake.rs");
        assert!(test_files(&source("#[cfg(test)] mod tests {}")).is_empty());
    }

    #[test]
    fn a_pattern_is_a_whole_word_at_its_beginning() {
        assert_eq!(source("eprintln!(); println!();").find("println!").count(), 1);
        assert_eq!(source("a.unwrap()").find(".unwrap()").count(), 1);
    }
}
