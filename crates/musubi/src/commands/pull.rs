//! `musubi pull`: one complete pass over a source.

use crate::commands::block_on;
use crate::node::Node;
use crate::output;
use gateway::{FollowMode, Progress, PullControl, Stop};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use store::intake::PullCounts;

/// Pulls, or follows once, with a bar on standard error.
pub fn run(node: &Node, source: &str, follow: bool) -> anyhow::Result<()> {
    let bar = bar(source)?;
    let counts = block_on(async {
        let gateway = node.pulling_gateway()?;
        let control = control(&bar);
        let stop = control.stop.clone();
        let interrupt = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.ask();
            }
        });
        let counts = match follow {
            true => gateway.follow_once(source, FollowMode::NewsAndExtended, &control).await,
            false => gateway.pull(source, &control).await,
        };
        interrupt.abort();
        Ok(counts?)
    })?;
    bar.finish_and_clear();
    output::line(summary(source, &counts));
    if counts.quarantined > 0 {
        output::line(format!("see: musubi quarantine list --source {source}"));
    }
    Ok(())
}

/// What became of the items, in one line.
pub fn summary(source: &str, counts: &PullCounts) -> String {
    let PullCounts { listed, taken, unchanged, quarantined } = counts;
    format!(
        "source {source}: {listed} listed, {taken} taken, {unchanged} unchanged, \
         {quarantined} quarantined"
    )
}

/// A control that moves `bar`.
pub fn control(bar: &ProgressBar) -> PullControl {
    let bar = bar.clone();
    let progress = move |progress: &Progress| {
        let counts = progress.counts;
        bar.set_length(progress.patients);
        bar.set_position(progress.patients_listed);
        bar.set_message(format!(
            "{} taken, {} unchanged, {} quarantined",
            counts.taken, counts.unchanged, counts.quarantined
        ));
    };
    PullControl { stop: Stop::new(), progress: Some(Arc::new(progress)) }
}

/// A bar that draws only on a terminal.
pub fn bar(source: &str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} patients, {msg}")?;
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    bar.set_style(style);
    bar.set_prefix(source.to_owned());
    Ok(bar)
}
