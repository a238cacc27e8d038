//! What a program is told: `--name value` pairs, and files of patients.

use std::collections::BTreeMap;
use std::error::Error;
use std::str::FromStr;

/// Whatever goes wrong ends the program with its text.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The pairs of a command line.
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads what stands behind the task.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Settings, Failure> {
        let mut pairs = BTreeMap::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
            pairs.insert(name, value);
        }
        Ok(Settings(pairs))
    }

    /// A value that must be there.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        Ok(self.0.get(name).ok_or_else(|| format!("{name} is missing"))?)
    }

    /// A value that may be there.
    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A number, or what it is when it is not given.
    pub fn number<T>(&self, name: &str, otherwise: T) -> Result<T, Failure>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        Ok(self.maybe(name).map(str::parse).transpose()?.unwrap_or(otherwise))
    }

    /// The lines of a file of `COMMUNITY-ID` or `COMMUNITY-ID NUMBER`.
    pub fn patients(&self) -> Result<Vec<(String, usize)>, Failure> {
        let path = self.text("--patients")?;
        let lines = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let read = |line: &str| -> Result<(String, usize), Failure> {
            let (id, number) = line.split_once(' ').unwrap_or((line, "0"));
            Ok((id.to_owned(), number.trim().parse()?))
        };
        let patients: Vec<_> = lines.lines().map(read).collect::<Result<_, _>>()?;
        if patients.is_empty() { Err(format!("{path} is empty").into()) } else { Ok(patients) }
    }
}
