//! The command line of a task: words, `--flag`, `--option VALUE`.

use anyhow::{Context, Result, bail};
use std::str::FromStr;

/// What is left of a command line.
#[derive(Debug)]
pub struct Arguments(Vec<String>);

impl Arguments {
    /// The command line of this process, without the program's name.
    pub fn from_environment() -> Arguments {
        Arguments(std::env::args().skip(1).collect())
    }

    /// Takes the next word.
    pub fn word(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Takes `name` if it is given.
    pub fn flag(&mut self, name: &str) -> bool {
        let found = self.0.iter().position(|word| word == name);
        found.inspect(|place| drop(self.0.remove(*place))).is_some()
    }

    /// Takes `name VALUE` if it is given.
    pub fn option<T>(&mut self, name: &str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let Some(place) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        if place + 1 >= self.0.len() {
            bail!("{name} needs a value");
        }
        let value = self.0.remove(place + 1);
        self.0.remove(place);
        value.parse().map(Some).with_context(|| format!("{name} {value}"))
    }

    /// Refuses what no one took.
    pub fn finish(self) -> Result<()> {
        match self.0.as_slice() {
            [] => Ok(()),
            rest => bail!("not understood: {}", rest.join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(line: &str) -> Arguments {
        Arguments(line.split(' ').map(String::from).collect())
    }

    #[test]
    fn flags_and_options_are_taken_in_any_order() {
        let mut given = arguments("demo --port 80 --check");
        assert_eq!(given.word().as_deref(), Some("demo"));
        assert!(given.flag("--check"));
        assert_eq!(given.option::<u16>("--port").unwrap(), Some(80));
        given.finish().unwrap();
    }

    #[test]
    fn what_is_left_over_is_refused() {
        assert!(arguments("--prot 80").finish().is_err());
        assert!(arguments("--port").option::<u16>("--port").is_err());
        assert!(arguments("--port x").option::<u16>("--port").is_err());
    }
}
