//! Watches the built pages: an embedded folder is not tracked by itself, and a server with
//! yesterday's scripts is hard to notice.

#![allow(clippy::print_stdout, reason = "it is how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=locales");
}
