//! The table of a run.

/// Rows as they are measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
    notes: Vec<String>,
}

impl Table {
    /// A row: what was measured, its figure, processor time, memory, ratio, aim.
    pub fn row(&mut self, columns: [String; 6]) {
        eprintln!("{}", columns.join(" · "));
        self.rows.push(columns);
    }

    /// A line below the table.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Prints all of it.
    pub fn print(&self) {
        let head = ["", "figure", "processor time", "memory", "musubi is", "aim"].map(String::from);
        let rows = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..head.len()).map(|place| width(place).unwrap_or(0)).collect();
        for row in rows() {
            let cells = row.iter().zip(&widths).enumerate().map(|(place, (cell, width))| {
                let blanks = " ".repeat(width - cell.chars().count());
                if place == 0 { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") }
            });
            println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
        for note in &self.notes {
            println!("{note}");
        }
    }
}
