//! `musubi pacs`: the DICOM server of a synthetic hospital.

use crate::cli::PacsArguments;
use crate::commands::block_on;
use crate::output;
use dimse::Server;
use net::{ClientConfig, Dialer, Listener, Security};
use region::pacs::{Pacs, PacsSettings};

/// Serves until Ctrl-C.
pub fn run(arguments: PacsArguments) -> anyhow::Result<()> {
    let settings = PacsSettings {
        ae_title: arguments.ae_title,
        destinations: arguments.destinations.into_iter().collect(),
        callers: arguments.callers,
        max_matches: arguments.max_matches,
        max_sub_operations: arguments.max_sub_operations,
        refuses_get: arguments.refuse_get,
    };
    let title = settings.ae_title.clone();
    let pacs = Pacs::open(&arguments.folder, settings, Dialer::new(ClientConfig::default())?)?;
    block_on(async {
        let limits = Server::<Pacs>::listener_limits();
        let listener = Listener::bind(arguments.listen, Security::Plain, limits).await?;
        output::line(format!(
            "{title} serves {} instances on {}",
            pacs.instance_count(),
            listener.local_address()?
        ));
        let shutdown = async {
            // Without a handler the process ends at the signal anyway.
            let _ = tokio::signal::ctrl_c().await;
        };
        Server::new(pacs).serve(listener, shutdown).await;
        Ok(())
    })
}
