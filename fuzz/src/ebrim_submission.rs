//! Submissions: what is accepted is written, and reads back as it was.

use crate::ids::Counting;
use ebrim::{ReadOptions, Submission, Transaction, read_submission};
use xml::{Document, Writer};

const TRANSACTIONS: [Transaction; 5] = [
    Transaction::ProvideAndRegister,
    Transaction::Register,
    Transaction::RegisterOnDemand,
    Transaction::Update,
    Transaction::RestrictedUpdate,
];

/// Reads the bytes as a submission of each transaction, of a stranger and of a gateway.
pub fn run(bytes: &[u8]) {
    let Ok(document) = Document::parse_bytes(bytes) else { return };
    for transaction in TRANSACTIONS {
        for trusts_intake in [false, true] {
            let options = ReadOptions { transaction, trusts_intake };
            let read = read_submission(document.root(), &options, &Counting::default());
            for problem in read.problems() {
                assert!(problem.section.starts_with("ITI TF-"), "{problem:?}");
            }
            let Ok(submission) = read.into_result() else { continue };
            let _ = ebrim::rule::one_patient(&submission);
            let _ = ebrim::update::operations(&submission, transaction);
            // Where the documents arrive beside the metadata, the repository fills in more.
            if transaction != Transaction::ProvideAndRegister {
                reads_back(&submission, &options);
            }
        }
    }
}

fn reads_back(submission: &Submission, options: &ReadOptions) {
    let written = written(submission, options);
    let document = Document::parse_bytes(&written);
    assert!(document.is_ok(), "what we wrote is refused: {document:?}");
    let Ok(document) = document else { return };
    let again = read_submission(document.root(), options, &Counting::default()).into_result();
    let as_written = Ok(without_ids(submission.clone()));
    assert_eq!(again.map(without_ids), as_written, "{}", String::from_utf8_lossy(&written));
}

/// What was a symbol is a UUID when it is written.
fn without_ids(mut submission: Submission) -> Submission {
    submission.set.id = String::new();
    submission.documents.iter_mut().for_each(|one| one.id = String::new());
    submission.folders.iter_mut().for_each(|one| one.id = String::new());
    submission
}

fn written(submission: &Submission, options: &ReadOptions) -> Vec<u8> {
    let mut writer = Writer::new();
    ebrim::request::submit_objects_request(&mut writer, submission, options.trusts_intake);
    writer.finish()
}
