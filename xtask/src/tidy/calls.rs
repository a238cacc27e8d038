//! Calls that are forbidden, where, and why.

use super::Violation;
use super::source::Source;

/// A ban.
struct Ban {
    /// Name, as in the list of exceptions.
    rule: &'static str,
    /// What must not stand in the code.
    patterns: &'static [&'static str],
    /// Beginnings of the paths where it may stand.
    allowed_in: &'static [&'static str],
    /// Which code it holds for.
    scope: Scope,
    /// Why.
    reason: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Everywhere,
    OutsideTests,
    InTests,
}

/// Part of the tests, though other crates link it.
const TEST_SUPPORT: &[&str] = &["crates/testkit/"];

/// Where time, randomness and the terminal come into the house.
const EDGES: &[&str] = &["crates/musubi/", "crates/testkit/", "xtask/"];

const BANS: &[Ban] = &[
    Ban {
        rule: "unwrap",
        patterns: &[".unwrap()", ".unwrap_err()", "panic!(", "unreachable!("],
        allowed_in: TEST_SUPPORT,
        scope: Scope::OutsideTests,
        reason: "no input may stop the process: return an error that says what, where, what to do",
    },
    Ban {
        rule: "expect",
        patterns: &[".expect(", ".expect_err("],
        allowed_in: TEST_SUPPORT,
        scope: Scope::OutsideTests,
        reason: "only for a true invariant, listed with its reason",
    },
    Ban {
        rule: "unfinished",
        patterns: &["todo!", "unimplemented!", "dbg!", "#[ignore", "#[should_panic"],
        allowed_in: &[],
        scope: Scope::Everywhere,
        reason: "finish it, or leave it out and say so",
    },
    Ban {
        rule: "terminal",
        patterns: &["println!", "eprintln!", "print!", "eprint!"],
        allowed_in: EDGES,
        scope: Scope::OutsideTests,
        reason: "a library logs through tracing; only the command line talks to the terminal",
    },
    Ban {
        rule: "clock",
        patterns: &["SystemTime::now", "Instant::now", "now_utc(", "now_local("],
        allowed_in: EDGES,
        scope: Scope::Everywhere,
        reason: "time is a parameter (model::Clock), so that a run can be replayed",
    },
    Ban {
        rule: "random",
        patterns: &["getrandom::", "rand::", "new_v4(", "thread_rng("],
        allowed_in: EDGES,
        scope: Scope::Everywhere,
        reason: "randomness is a parameter (model::IdSource), so that a run can be replayed",
    },
    Ban {
        rule: "sleep",
        patterns: &["thread::sleep", "time::sleep", "sleep("],
        allowed_in: &["xtask/"],
        scope: Scope::InTests,
        reason: "wait for the event itself; a sleep is either too short or too long",
    },
    Ban {
        rule: "blocking-sleep",
        patterns: &["thread::sleep"],
        allowed_in: &["xtask/", "crates/testkit/"],
        scope: Scope::OutsideTests,
        reason: "a thread that sleeps cannot be stopped",
    },
    Ban {
        rule: "socket",
        patterns: &[
            "TcpListener",
            "TcpStream",
            "UdpSocket",
            "UnixListener",
            "UnixStream",
            "lookup_host",
        ],
        allowed_in: &["crates/net/", "crates/testkit/", "xtask/"],
        scope: Scope::OutsideTests,
        reason: "sockets live only in net",
    },
    Ban {
        rule: "unbounded",
        patterns: &["mpsc::channel()", "unbounded_channel(", "::unbounded("],
        allowed_in: &[],
        scope: Scope::Everywhere,
        reason: "every queue has a limit (model::limits)",
    },
];

/// Forbidden calls in a file.
pub fn forbidden(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    for ban in BANS.iter().filter(|ban| !begins_with_any(&source.path, ban.allowed_in)) {
        for pattern in ban.patterns {
            let places = source.find(pattern).filter(|place| match ban.scope {
                Scope::Everywhere => true,
                Scope::OutsideTests => !source.in_test(*place),
                Scope::InTests => source.in_test(*place),
            });
            violations.extend(places.map(|place| {
                let message = format!("`{pattern}`: {}", ban.reason);
                Violation::new(ban.rule, &source.path, source.line(place), message)
            }));
        }
    }
    violations
}

/// SQL outside the crate that owns it, or put together from pieces inside it.
pub fn sql(source: &Source) -> Vec<Violation> {
    let in_store = source.path.starts_with("crates/store/");
    let statements = source
        .literals
        .iter()
        .filter(|literal| !source.in_test(literal.at) && is_sql(&literal.text));
    statements
        .filter_map(|literal| {
            let before = source.code[..literal.at].trim_end();
            let is_built =
                ["format!(", "write!(", "concat!("].iter().any(|made| before.ends_with(made));
            // A PRAGMA is a setting of the engine and takes no parameters.
            let is_built = is_built && !literal.text.trim_start().starts_with("PRAGMA ");
            let (rule, message) = match (in_store, is_built) {
                (false, _) => ("sql-outside-store", "SQL text lives only in store"),
                (true, true) => ("sql-built", "a statement is one file, never put together"),
                (true, false) => return None,
            };
            Some(Violation::new(rule, &source.path, source.line(literal.at), message.to_owned()))
        })
        .collect()
}

/// Whether a text is a statement: it begins as one, and goes on as one.
fn is_sql(text: &str) -> bool {
    const BEGINNINGS: &[(&str, &str)] = &[
        ("SELECT ", ""),
        ("INSERT ", "INTO"),
        ("UPDATE ", " SET "),
        ("DELETE ", "FROM"),
        ("WITH ", " AS "),
        ("CREATE ", ""),
        ("ALTER ", ""),
        ("DROP ", ""),
        ("PRAGMA ", ""),
    ];
    let text = text.trim_start();
    BEGINNINGS.iter().any(|(first, then)| text.starts_with(first) && text.contains(then))
}

fn begins_with_any(path: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| path.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let source = Source::new(path.into(), text);
        forbidden(&source).iter().chain(&sql(&source)).map(|found| found.rule).collect()
    }

    #[test]
    fn each_ban_holds_where_it_should() {
        let library = "crates/text/src/lib.rs";
        assert_eq!(rules(library, "fn a() { b.unwrap() }"), ["unwrap"]);
        assert_eq!(rules(library, "fn a() { b.expect(\"c\") }"), ["expect"]);
        assert_eq!(rules(library, "#[cfg(test)] mod t { fn a() { b.unwrap() } }"), [""; 0]);
        assert_eq!(rules(library, "fn a() { println!() }"), ["terminal"]);
        assert_eq!(rules("crates/musubi/src/main.rs", "fn a() { println!() }"), [""; 0]);
        assert_eq!(rules(library, "fn a() { std::time::Instant::now() }"), ["clock"]);
        assert_eq!(rules(library, "use tokio::net::TcpStream;"), ["socket"]);
        assert_eq!(rules("crates/net/src/lib.rs", "use tokio::net::TcpStream;"), [""; 0]);
        assert_eq!(
            rules("crates/net/tests/a.rs", "fn a() { tokio::time::sleep(x) }"),
            ["sleep"; 2]
        );
        assert_eq!(rules(library, "// b.unwrap()\nfn a() { c(\".unwrap()\") }"), [""; 0]);
    }

    #[test]
    fn sql_stands_in_store_and_is_never_built() {
        let select = "fn a() { b(\"SELECT 1 FROM c\") }";
        assert_eq!(rules("crates/portal/src/lib.rs", select), ["sql-outside-store"]);
        assert_eq!(rules("crates/store/src/lib.rs", select), [""; 0]);
        let built = "fn a() { format!(\"SELECT {b} FROM c\") }";
        assert_eq!(rules("crates/store/src/lib.rs", built), ["sql-built"]);
        assert_eq!(
            rules("crates/portal/src/lib.rs", "fn a() { b(\"UPDATE of a name\") }"),
            [""; 0]
        );
    }
}
