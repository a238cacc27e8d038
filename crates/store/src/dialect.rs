//! The portable subset of SQL and its macros.
//!
//! One text serves both engines. Rules for it:
//!
//! 1. Parameters are `?1`, `?2`, … (the same number may stand more than once); integers and
//!    flags are BIGINT, and a parameter has the type of its Rust value (BIGINT, TEXT, BYTEA).
//! 2. A literal number in arithmetic with a column is fine; a *sum* is wider on PostgreSQL:
//!    write `CAST(sum(x) AS BIGINT)`. `count(*)` is BIGINT already.
//! 3. A bare [`Param::Null`](crate::Param::Null) that is not compared with or put into a column
//!    has no type on PostgreSQL: use an `Option`, or write `CAST(?1 AS BIGINT)`.
//! 4. A comparison in a SELECT list is a `bool` on PostgreSQL; `Row::flag` and `Row::int` read it.
//!    A condition is never an integer: write `flag = 1`, not `flag`.
//! 5. NULL order is always written out (`NULLS FIRST`, `NULLS LAST`) where the key can be NULL.
//! 6. Every column of a SELECT list that is an expression has an `AS name` (names are compared).
//!    Every selected column of a `GROUP BY` query is grouped or aggregated.
//! 7. No LIKE, GLOB, `||` with NULL, `LIMIT -1`, `rowid`, `INSERT OR …`, `datetime`, double
//!    quotes, `IS` between values (use `IS NOT DISTINCT FROM`), two-argument `max`/`min`
//!    (`CASE`), `ifnull` (`coalesce`), boolean literals.
//! 8. An upsert says `ON CONFLICT (columns) DO UPDATE SET x = excluded.x`, and names the
//!    table where it means the old value (`job.attempts`). `INSERT … SELECT … ON CONFLICT`
//!    needs a `WHERE` in the SELECT. Two rows of one INSERT may not meet the same old row.
//! 9. `RETURNING` gives rows in no order.
//!
//! Macros:
//!
//! | Macro | SQLite | PostgreSQL |
//! |---|---|---|
//! | `@ID` | INTEGER PRIMARY KEY | BIGINT … IDENTITY PRIMARY KEY |
//! | `@ID_ONCE` | the same, numbers of deleted rows never come again | the same |
//! | `@TEXT`, `@BYTES` | TEXT, BLOB | TEXT COLLATE "C", BYTEA |
//! | `@CLUSTERED` | WITHOUT ROWID | (nothing) |
//! | `@IN_INTS(?1)`, `@IN_TEXTS(?1)` | the elements of a JSON array: `x IN @IN_INTS(?1)` | the same |
//! | `@STARTS_WITH(x, ?1)` | x begins with ?1, byte by byte; uses an index on x | the same |
//! | `@CONTAINS(x, ?1)` | x contains ?1, byte by byte | the same |
//! | `@CLAIM` | (nothing: one writer) | FOR UPDATE SKIP LOCKED |
//! | `@FOR_UPDATE` | (nothing: one writer) | FOR UPDATE |
//! | `@SQLITE_ONLY` … `@END`, `@POSTGRES_ONLY` … `@END` | lines of a migration for one engine | |

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// Several nodes.
    Postgres,
}

/// Translates the portable text for an engine: macros, then `?n`. Comments are dropped.
pub fn translate(text: &str, engine: Engine) -> String {
    let plain = for_engine(&without_comments(text), engine);
    let mut output = String::with_capacity(plain.len() + 64);
    let mut rest = plain.as_str();
    while let Some(at) = rest.find(['@', '?', '\'']) {
        output.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'\'' => literal(rest, &mut output),
            b'?' => parameter(engine, &mut output),
            _ => expand(rest, engine, &mut output),
        };
        rest = &rest[taken..];
    }
    output.push_str(rest);
    output.trim().to_owned()
}

/// The number of parameters: the highest `?n` of a text.
pub fn parameter_count(text: &str) -> usize {
    without_comments(text)
        .split('?')
        .skip(1)
        .filter_map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// A list of integers as the JSON array that `@IN_INTS` takes.
pub fn int_list(values: &[i64]) -> String {
    let parts: Vec<String> = values.iter().map(i64::to_string).collect();
    format!("[{}]", parts.join(","))
}

/// A list of texts as the JSON array that `@IN_TEXTS` takes.
pub fn text_list<S: AsRef<str>>(values: &[S]) -> String {
    let parts: Vec<serde_json::Value> = values.iter().map(|value| value.as_ref().into()).collect();
    serde_json::Value::Array(parts).to_string()
}

/// Leaves out the lines that are meant for the other engine. Engines change the constraints of
/// a table in ways that have no common text; a migration then says both.
fn for_engine(text: &str, engine: Engine) -> String {
    let mut output = String::with_capacity(text.len());
    let mut only = None;
    for line in text.lines() {
        match line {
            "@SQLITE_ONLY" => only = Some(Engine::Sqlite),
            "@POSTGRES_ONLY" => only = Some(Engine::Postgres),
            "@END" => only = None,
            line if only.is_none_or(|meant| meant == engine) => {
                output.push_str(line);
                output.push('\n');
            }
            _ => {}
        }
    }
    output
}

fn without_comments(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for line in text.lines() {
        let code = match line.find("--") {
            Some(at) if line[..at].matches('\'').count() % 2 == 0 => &line[..at],
            _ => line,
        };
        let code = code.trim_end();
        if !code.is_empty() {
            output.push_str(code);
            output.push('\n');
        }
    }
    output
}

fn literal(rest: &str, output: &mut String) -> usize {
    let end = rest[1..].find('\'').map_or(rest.len(), |at| at + 2);
    output.push_str(&rest[..end]);
    end
}

fn parameter(engine: Engine, output: &mut String) -> usize {
    output.push(if engine == Engine::Sqlite { '?' } else { '$' });
    1
}

fn expand(rest: &str, engine: Engine, output: &mut String) -> usize {
    let end = rest[1..]
        .find(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .map_or(rest.len(), |at| at + 1);
    let name = &rest[..end];
    if let Some(replacement) = word(name, engine) {
        output.push_str(replacement);
        return end;
    }
    let inside = rest[end..].strip_prefix('(').and_then(|tail| tail.split_once(')'));
    let replacement = inside.and_then(|(inside, _)| call(name, inside, engine));
    match (inside, replacement) {
        (Some((inside, _)), Some(replacement)) => {
            output.push_str(&replacement);
            end + inside.len() + 2
        }
        _ => {
            output.push_str(name);
            end
        }
    }
}

fn word(name: &str, engine: Engine) -> Option<&'static str> {
    let (sqlite, postgres) = match name {
        "@ID" => ("INTEGER PRIMARY KEY", IDENTITY),
        "@ID_ONCE" => ("INTEGER PRIMARY KEY AUTOINCREMENT", IDENTITY),
        "@TEXT" => ("TEXT", "TEXT COLLATE \"C\""),
        "@BYTES" => ("BLOB", "BYTEA"),
        "@CLUSTERED" => ("WITHOUT ROWID", ""),
        "@CLAIM" => ("", "FOR UPDATE SKIP LOCKED"),
        "@FOR_UPDATE" => ("", "FOR UPDATE"),
        _ => return None,
    };
    Some(if engine == Engine::Sqlite { sqlite } else { postgres })
}

const IDENTITY: &str = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";

fn call(name: &str, inside: &str, engine: Engine) -> Option<String> {
    let sqlite = engine == Engine::Sqlite;
    let marked = if sqlite { inside.to_owned() } else { inside.replace('?', "$") };
    let (first, second) = marked.split_once(',').unwrap_or((marked.as_str(), ""));
    let (first, second) = (first.trim(), second.trim());
    Some(match (name, sqlite) {
        ("@IN_INTS" | "@IN_TEXTS", true) => format!("(SELECT value FROM json_each({first}))"),
        ("@IN_INTS", false) => format!(
            "(SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(CAST({first} AS TEXT) AS JSONB)))"
        ),
        ("@IN_TEXTS", false) => format!(
            "(SELECT value COLLATE \"C\" FROM jsonb_array_elements_text(CAST(CAST({first} AS TEXT) AS JSONB)))"
        ),
        ("@STARTS_WITH", _) => {
            format!("({first} >= {second} AND {first} < {second} || '\u{10FFFF}')")
        }
        ("@CONTAINS", true) => format!("(instr({first}, {second}) > 0)"),
        ("@CONTAINS", false) => format!("(strpos({first}, {second}) > 0)"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites_parameters_and_leaves_literals_and_comments_alone() {
        let text = "-- what? @ID\nSELECT '?1 @ID', x -- why?\nFROM t WHERE a = ?1 AND b = ?12";
        assert_eq!(
            translate(text, Engine::Postgres),
            "SELECT '?1 @ID', x\nFROM t WHERE a = $1 AND b = $12"
        );
        assert_eq!(parameter_count(text), 12);
    }

    #[test]
    fn expands_macros_for_each_engine() {
        let text = "id @ID, x @TEXT) @CLUSTERED";
        assert_eq!(
            translate(text, Engine::Sqlite),
            "id INTEGER PRIMARY KEY, x TEXT) WITHOUT ROWID"
        );
        let list = "x IN @IN_INTS(?3) @CLAIM";
        assert_eq!(translate(list, Engine::Sqlite), "x IN (SELECT value FROM json_each(?3))");
        assert!(translate(list, Engine::Postgres).contains("CAST($3 AS TEXT)"));
        assert!(translate(list, Engine::Postgres).ends_with("FOR UPDATE SKIP LOCKED"));
    }

    #[test]
    fn lines_for_one_engine_are_left_out_for_the_other() {
        let text = "a\n@SQLITE_ONLY\nb\n@END\n@POSTGRES_ONLY\nc\n@END\nd";
        assert_eq!(translate(text, Engine::Sqlite), "a\nb\nd");
        assert_eq!(translate(text, Engine::Postgres), "a\nc\nd");
    }

    #[test]
    fn lists_are_json() {
        assert_eq!(int_list(&[3, -1]), "[3,-1]");
        assert_eq!(text_list(&["a\"b", "糖"]), "[\"a\\\"b\",\"糖\"]");
    }
}
