//! Starting other programs: said before, checked after.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The checkout.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or(manifest.clone(), Path::to_path_buf)
}

/// A command that starts in the checkout.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs this task.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Says the command, runs it with this terminal, fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let line = spoken(command);
    eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and gives its standard output; its standard error goes to the terminal.
pub fn output(command: &mut Command) -> Result<String> {
    let line = spoken(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of `{line}`"))
}

/// Says the command, passes its standard output through, gives the lines that `keep` picks.
pub fn run_keeping(command: &mut Command, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let line = spoken(command);
    eprintln!("$ {line}");
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let mut kept = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for text in BufReader::new(stdout).split(b'\n') {
            let text = String::from_utf8_lossy(&text?).into_owned();
            println!("{text}");
            if keep(&text) {
                kept.push(text);
            }
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(kept)
}

/// Whether a program answers to `--version`.
pub fn answers(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A command as one would type it: programs of the machine by name, without this checkout's path.
pub fn spoken(command: &Command) -> String {
    let checkout = root();
    let program = Path::new(command.get_program());
    let name = match program.starts_with(&checkout) {
        true => program.to_string_lossy(),
        false => program.file_name().unwrap_or(program.as_os_str()).to_string_lossy(),
    };
    let mut words = vec![name.into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    let quoted = words.iter().map(|word| match word.contains([' ', '\'', '"', '&', ';']) {
        true => format!("'{}'", word.replace('\'', "'\\''")),
        false => word.clone(),
    });
    quoted.collect::<Vec<_>>().join(" ").replace(&format!("{}/", checkout.display()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        let error = run(command("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(error.to_string().contains("sh -c 'exit 3'"), "{error}");
    }

    #[test]
    fn kept_lines_are_those_picked() {
        let kept =
            run_keeping(command("printf").arg("a 1\nb\na 2\n"), |line| line.starts_with('a'));
        assert_eq!(kept.unwrap(), ["a 1", "a 2"]);
    }
}
