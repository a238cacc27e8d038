//! The child process of the tests and measurements of this crate; `musubi worker render` is the
//! same in the product.

use std::process::ExitCode;

fn main() -> ExitCode {
    match rendering::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
