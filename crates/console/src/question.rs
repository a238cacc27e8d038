//! What is asked of a human, in words.

use crate::person::contradiction_words;
use page::Texts;
use ports::ReviewQuestion;

/// Why a human is asked.
pub fn question_words(question: &ReviewQuestion, texts: Texts) -> String {
    match question {
        ReviewQuestion::MayBeOne { veto: Some(veto), .. } => texts.get(&format!("veto-{veto}")),
        ReviewQuestion::MayBeOne { reason, veto: None } => {
            texts.get(&format!("review-reason-{reason}"))
        }
        ReviewQuestion::Contradiction(found) => {
            let words = contradiction_words(*found, texts);
            match words.as_str() {
                "" => texts.get("review-alarm-veto"),
                words => texts.with("review-alarm", &[("words", words)]),
            }
        }
    }
}

/// The key of the words for why a condition of the gate holds or not.
pub fn gate_reason_key(reason: &str) -> String {
    let words: Vec<String> = reason
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!("gate-reason-{}", words.join("-"))
}
