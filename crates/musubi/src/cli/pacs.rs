//! `musubi pacs`: which folder a synthetic hospital's DICOM server serves, and how.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What `musubi pacs` takes.
#[derive(Debug, Args)]
pub struct PacsArguments {
    /// Folder of a server below a region's directory.
    pub folder: PathBuf,
    /// AE title; imaging.json names it.
    #[arg(long)]
    pub ae_title: String,
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:11112")]
    pub listen: SocketAddr,
    /// Where C-MOVE may send, as TITLE=HOST:PORT; may be given several times.
    #[arg(long = "destination", value_name = "TITLE=HOST:PORT", value_parser = destination)]
    pub destinations: Vec<(String, String)>,
    /// AE title that may associate; may be given several times, everybody if not given.
    #[arg(long = "caller", value_name = "TITLE")]
    pub callers: Vec<String>,
    /// Answer a C-FIND with more matches by out of resources.
    #[arg(long, value_name = "COUNT")]
    pub max_matches: Option<usize>,
    /// Send nothing where a C-GET or C-MOVE has more instances.
    #[arg(long, value_name = "COUNT")]
    pub max_sub_operations: Option<usize>,
    /// Offer no C-GET.
    #[arg(long)]
    pub refuse_get: bool,
}

fn destination(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((title, address)) if !title.is_empty() && address.contains(':') => {
            Ok((title.to_owned(), format!("dicom://{address}")))
        }
        _ => Err("write it as TITLE=HOST:PORT".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::destination;

    #[test]
    fn a_destination_is_a_title_and_an_address() {
        let expected = ("MUSUBI".to_owned(), "dicom://127.0.0.1:11113".to_owned());
        assert_eq!(destination("MUSUBI=127.0.0.1:11113"), Ok(expected));
        for wrong in ["MUSUBI", "=127.0.0.1:1", "MUSUBI=host"] {
            assert!(destination(wrong).is_err(), "{wrong}");
        }
    }
}
