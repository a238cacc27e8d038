//! Every statement of the store on both engines: prepared, run, and compared on the same rows.

use crate::common;

use common::sample::{self, Cell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::dialect::{Engine, parameter_count};
use store::{STATEMENT_SETS, Statement, StoreError};
use testkit::TestStore;
use tokio_postgres::types::Type;

fn statements() -> impl Iterator<Item = &'static Statement> {
    STATEMENT_SETS.iter().flat_map(|set| set.iter().copied())
}

#[test]
fn every_statement_prepares_and_runs_on_both_engines() {
    let (sqlite, postgres) = (TestStore::sqlite(), TestStore::postgres());
    let types = prepare_all(&sqlite, &postgres);
    let mut faults = Vec::new();
    for statement in statements() {
        let types = &types[statement.name];
        for absent in [true, false] {
            let cells = sample::parameters(statement, types, if absent { None } else { Some(1) });
            let outcomes = [&sqlite, &postgres].map(|store| sample::run(store, statement, &cells));
            for outcome in &outcomes {
                match outcome {
                    Ok(_) | Err(StoreError::Unique { .. } | StoreError::Constraint { .. }) => (),
                    Err(error) => faults.push(format!("{error} (absent values: {absent})")),
                }
            }
            let [one, two] = outcomes.map(|outcome| outcome.map_err(|error| class(&error)));
            if one != two {
                faults.push(format!("{}: {one:?} is not {two:?}", statement.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_same_rows_give_the_same_results_on_both_engines() {
    let (sqlite, postgres) = (TestStore::sqlite(), TestStore::postgres());
    let types = prepare_all(&sqlite, &postgres);
    sample::fill(&sqlite);
    sample::fill(&postgres);
    let (mut faults, mut with_rows) = (Vec::new(), 0);
    for statement in statements() {
        for number in 1..=4 {
            let cells = sample::parameters(statement, &types[statement.name], Some(number));
            let [one, two] = [&sqlite, &postgres].map(|store| {
                let outcome = sample::run(store, statement, &cells);
                outcome.map_err(|error| class(&error))
            });
            with_rows += usize::from(one.as_ref().is_ok_and(|rows| !rows.is_empty()));
            if one != two {
                faults.push(format!("{} ({cells:?}):\n  {one:?}\n  {two:?}", statement.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(with_rows > statements().count() / 2, "the sample rows hardly meet any statement");
}

#[test]
fn every_file_is_a_statement_and_every_name_is_its_path() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let mut files = BTreeSet::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                files.insert(name.to_str().unwrap().to_owned());
            }
        }
    }
    let names: BTreeSet<String> = statements().map(|one| one.name.to_owned()).collect();
    assert_eq!(names.len(), statements().count(), "a statement is listed twice");
    assert_eq!(files, names);
}

#[test]
fn statements_keep_to_the_portable_subset() {
    let forbidden = [
        " LIKE ",
        " GLOB ",
        " ILIKE ",
        "\"",
        ";",
        "IFNULL(",
        "INSERT OR ",
        "ROWID",
        "LIMIT -1",
        "LAST_INSERT",
        "DATETIME(",
        "STRFTIME(",
        " ::",
        "NOW()",
        "CURRENT_TIMESTAMP",
        "RANDOM()",
        "TRUE",
        "FALSE",
    ];
    let mut faults = Vec::new();
    for statement in statements() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let text = statement.for_engine(engine);
            let upper = text.to_uppercase().replace("COLLATE \"C\"", "").replace("WHERE TRUE", "");
            for word in forbidden.iter().filter(|word| upper.contains(*word)) {
                faults.push(format!("{} ({engine:?}): {word}", statement.name));
            }
            if text.contains('@') {
                faults.push(format!("{} ({engine:?}): an unknown macro", statement.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Prepares every statement on both engines, compares columns and parameter counts, and gives
/// the parameter types that PostgreSQL infers.
fn prepare_all(sqlite: &TestStore, postgres: &TestStore) -> BTreeMap<&'static str, Vec<Type>> {
    let direct = common::sqlite(sqlite);
    let mut faults = Vec::new();
    let types = common::postgres(postgres, async |client| {
        let mut types = BTreeMap::new();
        for statement in statements() {
            let text = statement.for_engine(Engine::Postgres);
            let prepared = match client.prepare(text).await {
                Ok(prepared) => prepared,
                Err(error) => {
                    faults.push(format!("{}: {:?}", statement.name, error.as_db_error()));
                    continue;
                }
            };
            let columns: Vec<(String, Type)> = prepared
                .columns()
                .iter()
                .map(|column| (column.name().to_owned(), column.type_().clone()))
                .collect();
            check(statement, &direct, &columns, prepared.params(), &mut faults);
            types.insert(statement.name, prepared.params().to_vec());
        }
        types
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    types
}

fn check(
    statement: &'static Statement,
    sqlite: &rusqlite::Connection,
    columns: &[(String, Type)],
    parameters: &[Type],
    faults: &mut Vec<String>,
) {
    let name = statement.name;
    match sqlite.prepare(statement.for_engine(Engine::Sqlite)) {
        Err(error) => faults.push(format!("{name}: {error}")),
        Ok(prepared) => {
            let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
            let other: Vec<&str> = prepared.column_names().collect();
            if other != names {
                faults.push(format!("{name}: columns {other:?} and {names:?}"));
            }
            if prepared.parameter_count() != parameters.len() {
                faults.push(format!("{name}: parameters are not numbered from 1 without gaps"));
            }
        }
    }
    if parameter_count(statement.text) != parameters.len() {
        faults.push(format!("{name}: {} parameters are inferred", parameters.len()));
    }
    let portable =
        [Type::INT8, Type::INT4, Type::BOOL, Type::TEXT, Type::VARCHAR, Type::NAME, Type::BYTEA];
    for (column, found) in columns.iter().filter(|(_, found)| !portable.contains(found)) {
        faults.push(format!("{name}: column {column} is {found} on PostgreSQL; cast it"));
    }
}

fn class(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unique { .. } => "unique",
        StoreError::Constraint { .. } => "constraint",
        _ => "other",
    }
}

#[test]
fn cells_compare_by_value() {
    assert_ne!(Cell::Int(1), Cell::Text("1".to_owned()));
}
