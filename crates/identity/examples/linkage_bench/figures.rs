//! Precision and recall of scored pairs.

use serde::Serialize;

/// A compared pair: evidence, and whether it is one human.
#[derive(Clone, Copy)]
pub struct Judged {
    pub score_millibits: i32,
    pub is_true: bool,
}

/// What is reported of one data set, for every tool alike.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub data: String,
    pub records: usize,
    pub true_pairs: usize,
    pub compared_pairs: usize,
    /// Share of the true pairs that were compared at all.
    pub blocking_recall: f64,
    pub default_precision: f64,
    pub default_recall: f64,
    pub default_f1: f64,
    pub default_false_links: usize,
    /// The best F1 of any threshold, picked with the truth.
    pub best_f1: f64,
    /// The recall above the strongest false pair, picked with the truth.
    pub recall_at_no_false_link: f64,
}

pub fn figures(
    data: &str,
    records: usize,
    true_pairs: usize,
    judged: &mut [Judged],
    threshold_millibits: i32,
) -> Figures {
    judged.sort_by_key(|pair| (-pair.score_millibits, pair.is_true));
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let f1 =
        |precision: f64, recall: f64| 2.0 * precision * recall / (precision + recall).max(1e-9);
    let found = judged.iter().filter(|pair| pair.is_true).count();
    let linked: Vec<&Judged> =
        judged.iter().filter(|pair| pair.score_millibits >= threshold_millibits).collect();
    let right = linked.iter().filter(|pair| pair.is_true).count();
    let precision = share(right, linked.len());
    let recall = share(right, true_pairs);
    let first_false = judged.iter().position(|pair| !pair.is_true).unwrap_or(judged.len());
    let strongest_false = judged.get(first_false).map(|pair| pair.score_millibits);
    let above = judged.iter().filter(|pair| Some(pair.score_millibits) > strongest_false).count();
    let (mut rights, mut best_f1) = (0, 0.0_f64);
    for (at, pair) in judged.iter().enumerate() {
        rights += usize::from(pair.is_true);
        best_f1 = best_f1.max(f1(share(rights, at + 1), share(rights, true_pairs)));
    }
    Figures {
        data: data.to_owned(),
        records,
        true_pairs,
        compared_pairs: judged.len(),
        blocking_recall: share(found, true_pairs),
        default_precision: precision,
        default_recall: recall,
        default_f1: f1(precision, recall),
        default_false_links: linked.len() - right,
        best_f1,
        recall_at_no_false_link: share(above, true_pairs),
    }
}
