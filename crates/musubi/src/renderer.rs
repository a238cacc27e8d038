//! The renderer of the product: its children are this program itself.

use rendering::Renderer;
use std::path::PathBuf;
use worker::{PoolLimits, Program};

/// A renderer whose children run `musubi worker render` of the program at `path`, which is
/// [`std::env::current_exe`] in the server.
pub fn renderer(path: PathBuf) -> Renderer {
    let program = Program {
        path,
        arguments: vec!["worker".to_owned(), "render".to_owned()],
        // The allocator would take all of a child's address space at once, for later.
        environment: vec![("MIMALLOC_ARENA_RESERVE".to_owned(), "64MiB".to_owned())],
    };
    Renderer::new(program, PoolLimits::default())
}
