//! Rows of a result.

use crate::error::StoreError;

/// One row. Columns are numbered from 0, in the order of the SELECT list or of RETURNING.
pub struct Row<'a>(pub(crate) Inner<'a>);

pub(crate) enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

/// A value as it lies in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Row<'a> {
    /// How many columns the row has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Inner::Sqlite(row) => row.as_ref().column_count(),
            Inner::Postgres(row) => row.len(),
        }
    }

    /// True for a row without columns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An integer. Also reads a PostgreSQL `int4`, `int2` and `bool` (a comparison's result).
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| absent(column, "an integer"))
    }

    /// An integer or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            other => Err(unexpected(column, "an integer", other)),
        }
    }

    /// A flag: an integer that is 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(unexpected(column, "a flag", Value::Int(other))),
        }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.text_ref(column).map(str::to_owned)
    }

    /// A text, lent for as long as the row.
    pub fn text_ref(&self, column: usize) -> Result<&str, StoreError> {
        match self.value(column)? {
            Value::Text(value) => Ok(value),
            Value::Null => Err(absent(column, "a text")),
            other => Err(unexpected(column, "a text", other)),
        }
    }

    /// A text or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value.to_owned())),
            other => Err(unexpected(column, "a text", other)),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.bytes_ref(column).map(<[u8]>::to_vec)
    }

    /// Bytes, lent for as long as the row.
    pub fn bytes_ref(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.value(column)? {
            Value::Bytes(value) => Ok(value),
            Value::Null => Err(absent(column, "bytes")),
            other => Err(unexpected(column, "bytes", other)),
        }
    }

    /// Bytes or NULL.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Bytes(value) => Ok(Some(value.to_vec())),
            other => Err(unexpected(column, "bytes", other)),
        }
    }

    /// A UUID kept as sixteen bytes.
    pub fn uuid(&self, column: usize) -> Result<uuid::Uuid, StoreError> {
        uuid::Uuid::from_slice(self.bytes_ref(column)?).map_err(|error| StoreError::Column {
            column,
            expected: "a uuid",
            detail: error.to_string(),
        })
    }

    pub(crate) fn value(&self, column: usize) -> Result<Value<'_>, StoreError> {
        match &self.0 {
            Inner::Sqlite(row) => crate::sqlite::value(row, column),
            Inner::Postgres(row) => crate::postgres::value(row, column),
        }
    }
}

fn absent(column: usize, expected: &'static str) -> StoreError {
    StoreError::Column { column, expected, detail: "it is NULL".to_owned() }
}

fn unexpected(column: usize, expected: &'static str, found: Value<'_>) -> StoreError {
    let detail = match found {
        Value::Null => "it is NULL".to_owned(),
        Value::Int(value) => format!("it is the integer {value}"),
        Value::Text(_) => "it is a text".to_owned(),
        Value::Bytes(_) => "it is bytes".to_owned(),
    };
    StoreError::Column { column, expected, detail }
}
