//! `musubi rederive`: documents that older rules read are read again.

use crate::commands::block_on;
use crate::node::Node;
use crate::output;
use crate::rederive::{Counts, rederive};
use gateway::Stop;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Reads them again, with a bar on standard error.
pub fn run(node: &Node) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} documents, {msg}")?;
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    bar.set_style(style);
    let stop = Stop::new();
    let counts = block_on(async {
        let asked = stop.clone();
        let interrupt = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                asked.ask();
            }
        });
        let told = |counts: &Counts| {
            bar.set_length(counts.total);
            bar.set_position(counts.done + counts.damaged);
            bar.set_message(format!("{} damaged", counts.damaged));
        };
        let counts = rederive(&node.store, &stop, told).await;
        interrupt.abort();
        Ok(counts?)
    })?;
    bar.finish_and_clear();
    let Counts { total, done, damaged } = counts;
    output::line(format!("{done} of {total} documents read again, {damaged} damaged"));
    if stop.is_asked() {
        output::line("stopped; `musubi rederive` goes on where it was");
    }
    Ok(())
}
