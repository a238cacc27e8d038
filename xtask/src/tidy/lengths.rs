//! Lengths: a file is one concept, a function one thought.

use super::Violation;
use super::source::{Source, closing};

/// Lines of a file (STYLE.md).
const FILE_LINES: usize = 600;
/// Lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES: usize = 80;

/// Says that a file is too long.
pub fn file(path: &str, text: &str) -> Option<Violation> {
    let lines = text.lines().count();
    (lines > FILE_LINES).then(|| {
        Violation::new("file-length", path, lines, format!("{lines} lines, most are {FILE_LINES}"))
    })
}

/// Says which functions of a file are too long.
pub fn functions(source: &Source) -> Vec<Violation> {
    let code = &source.code;
    let mut violations = Vec::new();
    for start in source.find("fn ") {
        let name: String =
            code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = body(code, start) else { continue };
        let lines = code[start..closing(code, open)].lines().count();
        if lines > FUNCTION_LINES {
            let message = format!("`{name}` has {lines} lines, most are {FUNCTION_LINES}");
            let line = source.line(start);
            violations.push(Violation::new("function-length", &source.path, line, message));
        }
    }
    violations
}

/// The place of the brace that opens a function's body; a signature alone has none.
fn body(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (place, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(place),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_function(lines: usize) -> Source {
        let body = "    x();\n".repeat(lines - 2);
        Source::new(
            "a.rs".into(),
            &format!("trait T {{ fn t(&self, x: [u8; 2]); }}\nfn f() {{\n{body}}}\n"),
        )
    }

    #[test]
    fn a_function_may_have_eighty_lines_and_not_one_more() {
        assert!(functions(&long_function(80)).is_empty());
        let found = functions(&long_function(81));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("`f` has 81 lines"), "{}", found[0].message);
    }

    #[test]
    fn a_file_may_have_six_hundred_lines_and_not_one_more() {
        assert!(file("a.rs", &"\n".repeat(600)).is_none());
        assert!(file("a.rs", &"\n".repeat(601)).is_some());
    }
}
