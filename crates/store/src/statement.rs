//! Statements: SQL text with a name, translated once for the engine in use.

use crate::dialect::{self, Engine};
use std::sync::OnceLock;

/// One SQL statement in the portable subset (see [`dialect`]).
#[derive(Debug)]
pub struct Statement {
    /// Its name: the path below `sql/` without `.sql`.
    pub name: &'static str,
    /// Its text as written, with macros and `?n`.
    pub text: &'static str,
    sqlite: OnceLock<String>,
    sqlite_insert: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Statement {
    /// A statement of a name and a text; made by [`statements!`](crate::statements).
    pub const fn new(name: &'static str, text: &'static str) -> Statement {
        Statement {
            name,
            text,
            sqlite: OnceLock::new(),
            sqlite_insert: OnceLock::new(),
            postgres: OnceLock::new(),
        }
    }

    /// The text that an engine understands.
    pub fn for_engine(&self, engine: Engine) -> &str {
        let cell = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        cell.get_or_init(|| dialect::translate(self.text, engine))
    }

    /// SQLite's text without the `RETURNING id` at its end: SQLite makes a table of its own for
    /// every such clause, and says the number of the last row without it.
    pub(crate) fn for_sqlite_insert(&self) -> &str {
        self.sqlite_insert.get_or_init(|| {
            let whole = self.for_engine(Engine::Sqlite);
            whole.strip_suffix(RETURNING_ID).unwrap_or(whole).trim_end().to_owned()
        })
    }

    /// Whether [`Tx::insert`](crate::Tx::insert) may run it: one row, or none where it is taken.
    pub(crate) fn is_insert_of_one_row(&self) -> bool {
        self.text.starts_with("INSERT INTO ")
            && self.text.contains("DO NOTHING")
            && self.text.trim_end().ends_with(RETURNING_ID)
    }
}

const RETURNING_ID: &str = "RETURNING id";

/// Declares the statements of an area: `statements! { INSERT = "document/insert", … }` reads
/// `sql/document/insert.sql` into a static `INSERT` and lists all of them in `STATEMENTS`,
/// which goes into `STATEMENT_SETS` of the crate's root.
#[macro_export]
macro_rules! statements {
    ($($name:ident = $path:literal),+ $(,)?) => {
        $(static $name: $crate::Statement = $crate::Statement::new(
            $path,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $path, ".sql")),
        );)+

        /// The statements of this area, for the test that prepares and runs each of them.
        pub(crate) static STATEMENTS: &[&$crate::Statement] = &[$(&$name),+];
    };
}
