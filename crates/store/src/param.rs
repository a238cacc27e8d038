//! Parameters of statements.

use model::Timestamp;

/// One parameter. Its type on PostgreSQL is that of the value: BIGINT, TEXT or BYTEA.
///
/// An absent value made from an `Option` keeps its type; the bare [`Param::Null`] has none, and
/// PostgreSQL then infers the type from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param<'a> {
    /// NULL of no particular type.
    Null,
    /// NULL where an integer could stand.
    NoInt,
    /// NULL where a text could stand.
    NoText,
    /// NULL where bytes could stand.
    NoBytes,
    /// An integer; flags are 0 and 1, instants are microseconds.
    Int(i64),
    /// A text without U+0000.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Makes a slice of parameters: `params![id, &name, Option::<i64>::None]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] };
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl From<$type> for Param<'_> {
            fn from(value: $type) -> Self {
                Param::Int(i64::from(value))
            }
        }
        impl From<Option<$type>> for Param<'_> {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Param::NoInt, |value| Param::Int(i64::from(value)))
            }
        }
    )+};
}

integers!(i64, i32, i16, u32, u16, u8, bool);

impl From<Timestamp> for Param<'_> {
    fn from(value: Timestamp) -> Self {
        Param::Int(value.0)
    }
}

impl From<Option<Timestamp>> for Param<'_> {
    fn from(value: Option<Timestamp>) -> Self {
        value.map_or(Param::NoInt, |value| Param::Int(value.0))
    }
}

macro_rules! borrowed {
    ($none:ident: $($type:ty => $make:expr),+ $(,)?) => {$(
        impl<'a> From<&'a $type> for Param<'a> {
            fn from(value: &'a $type) -> Self {
                let make: fn(&'a $type) -> Param<'a> = $make;
                make(value)
            }
        }
        impl<'a> From<Option<&'a $type>> for Param<'a> {
            fn from(value: Option<&'a $type>) -> Self {
                value.map_or(Param::$none, Param::from)
            }
        }
    )+};
}

borrowed!(NoText:
    str => |text| Param::Text(text),
    String => |text| Param::Text(text),
);
borrowed!(NoBytes:
    [u8] => |bytes| Param::Bytes(bytes),
    Vec<u8> => |bytes| Param::Bytes(bytes),
    bytes::Bytes => |bytes| Param::Bytes(bytes),
    [u8; 16] => |bytes| Param::Bytes(bytes),
    [u8; 20] => |bytes| Param::Bytes(bytes),
    [u8; 32] => |bytes| Param::Bytes(bytes),
    uuid::Uuid => |uuid| Param::Bytes(uuid.as_bytes()),
);

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_ref().map_or(Param::NoText, |text| Param::Text(text))
    }
}

impl<'a> From<&'a Option<Vec<u8>>> for Param<'a> {
    fn from(value: &'a Option<Vec<u8>>) -> Self {
        value.as_ref().map_or(Param::NoBytes, |bytes| Param::Bytes(bytes))
    }
}
