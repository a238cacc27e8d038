//! One target under libFuzzer; `MUSUBI_FUZZ_TARGET` names it. Start it with `cargo xtask fuzz`.
#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls a symbol by its bare name")]

use fuzz::Target;
use std::sync::OnceLock;

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = std::env::var("MUSUBI_FUZZ_TARGET").unwrap_or_default();
        let target = Target::by_name(&name);
        assert!(target.is_some(), "MUSUBI_FUZZ_TARGET={name:?} names no target");
        if let Some(target) = target {
            let _ = TARGET.set(target);
        }
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            target.run(bytes);
        }
    }
);
