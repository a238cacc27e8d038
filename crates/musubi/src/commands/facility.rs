//! `musubi facility …`

use crate::cli::FacilityCommand;
use crate::node::Node;
use crate::output;
use gateway::GatewayError;

/// Adds or lists facilities.
pub fn run(node: &Node, command: FacilityCommand) -> anyhow::Result<()> {
    match command {
        FacilityCommand::Add { code, name, short, facility_type } => {
            let now = node.now();
            let facility = node.store.write_blocking(move |tx| {
                gateway::add_facility(tx, &code, &name, short.as_deref(), &facility_type, now)
            })?;
            output::line(format!("added facility {} {}", facility.code, facility.name));
        }
        FacilityCommand::List => {
            let facilities = node.store.read_blocking(|tx| -> Result<_, GatewayError> {
                Ok(store::source::facilities(tx)?)
            })?;
            let rows: Vec<Vec<String>> = facilities
                .into_iter()
                .map(|facility| {
                    vec![facility.code, facility.short_name, facility.facility_type, facility.name]
                })
                .collect();
            output::table(&["code", "short", "type", "name"], &rows);
        }
    }
    Ok(())
}
