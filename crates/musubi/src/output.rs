//! What commands print: lines for people, JSON for programs.

use serde::Serialize;
use std::io::{self, Write};

/// Prints one line to standard output. A reader that went away is no error of ours.
pub fn line(text: impl AsRef<str>) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref());
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows as a table with aligned columns; wide (Japanese) characters count as two.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = head.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            widths[column] = widths[column].max(width(cell));
        }
    }
    let format_row = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (column, cell) in cells.enumerate() {
            text.push_str(cell);
            text.push_str(&" ".repeat(widths[column].saturating_sub(width(cell)) + 2));
        }
        text.trim_end().to_owned()
    };
    line(format_row(&mut head.iter().copied()));
    for row in rows {
        line(format_row(&mut row.iter().map(String::as_str)));
    }
}

/// Bytes from a hospital made safe for a terminal: controls are shown, never obeyed.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\r' | '\n' => '\n',
            '\t' => ' ',
            control if control.is_control() => '\u{FFFD}',
            other => other,
        })
        .collect()
}

fn width(text: &str) -> usize {
    text.chars().map(|character| if u32::from(character) < 0x1100 { 1 } else { 2 }).sum()
}
