//! What the fuzzer found, replayed: no input of the corpus breaks a promise.

use fuzz::Target;
use std::path::Path;

/// The corpus is kept small, as `cargo xtask fuzz --keep` does for each target: it is read in every
/// test run.
const CORPUS_FILES: usize = 600;
const CORPUS_BYTES: u64 = 1 << 20;

#[test]
fn every_input_of_the_corpus_and_every_seed_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let (mut files, mut bytes) = (0, 0);
    for target in Target::ALL {
        let folder = corpus.join(target.name());
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        for entry in entries {
            let path = entry.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            (files, bytes) = (files + 1, bytes + input.len() as u64);
            let kept = std::panic::catch_unwind(|| target.run(&input));
            assert!(kept.is_ok(), "{}", path.display());
        }
        target.seeds().iter().for_each(|seed| target.run(seed));
    }
    assert!(files >= 6 * 10, "only {files} inputs");
    assert!(files <= CORPUS_FILES && bytes <= CORPUS_BYTES, "{files} inputs, {bytes} bytes");
}

#[test]
fn the_seeds_are_what_they_stand_for() {
    for seed in Target::EbrimQuery.seeds().iter().take(16) {
        let document = xml::Document::parse_bytes(seed).unwrap();
        ebrim::read_query(document.root()).unwrap();
    }
    let accepted = Target::EbrimSubmission.seeds().into_iter().filter(|seed| {
        let document = xml::Document::parse_bytes(seed).unwrap();
        [ebrim::Transaction::Register, ebrim::Transaction::Update].iter().any(|transaction| {
            let options = ebrim::ReadOptions::of(*transaction);
            let ids = testkit::CountingIds::new();
            ebrim::read_submission(document.root(), &options, &ids).into_result().is_ok()
        })
    });
    assert!(accepted.count() >= 2);
    for target in Target::ALL {
        assert!(target.words().len() > 20, "{}", target.name());
        assert_eq!(Target::by_name(target.name()), Some(target));
    }
}
