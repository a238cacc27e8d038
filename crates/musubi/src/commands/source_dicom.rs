//! `musubi source …` of a DICOM server: where it is, how its images are fetched.

use crate::cli::{DicomArguments, SourceArguments};
use crate::commands::source::hours;
use crate::node::Node;
use crate::output;
use anyhow::Context;
use gateway::{ImageSettings, KIND_DICOM, LeaveOutRule, NewDicomSource, PeerChange, Source};

/// Adds a DICOM server.
pub fn add(node: &Node, arguments: SourceArguments) -> anyhow::Result<()> {
    let roots = [
        &arguments.roots,
        &arguments.extended_roots,
        &arguments.transaction_roots,
        &arguments.extended_transaction_roots,
    ];
    anyhow::ensure!(
        roots.iter().all(|roots| roots.is_empty()),
        "a DICOM server has no roots; directories are given for --kind ssmix2"
    );
    let mut settings = NewDicomSource::settings();
    settings.allowed_hours = hours(&arguments.allowed_hours)?;
    settings.files_per_second_max = arguments.maximum_rate;
    settings.parallelism = arguments.parallelism;
    settings.frozen = arguments.frozen;
    apply(&mut settings.images, &arguments.dicom)?;
    let dicom = arguments.dicom;
    let new = NewDicomSource {
        name: arguments.name,
        facility_code: arguments.facility,
        domain_oid: arguments.domain,
        ae_title: dicom.ae_title.context("--kind dicom needs --ae-title")?,
        our_ae_title: dicom.our_ae_title.unwrap_or_default(),
        host: dicom.host.context("--kind dicom needs --host")?,
        port: dicom.port.context("--kind dicom needs --port")?,
        is_tls: dicom.tls.unwrap_or_default(),
        fingerprint: String::new(),
        settings,
    };
    let now = node.now();
    let source = node.store.write_blocking(move |tx| gateway::add_dicom_source(tx, &new, now))?;
    output::line(format!("added source {} of {}", source.name, source.facility.name));
    Ok(())
}

/// What changes of its address and titles.
pub fn peer_change(arguments: &DicomArguments) -> PeerChange {
    PeerChange {
        ae_title: arguments.ae_title.clone(),
        our_ae_title: arguments.our_ae_title.clone(),
        host: arguments.host.clone(),
        port: arguments.port,
        is_tls: arguments.tls,
    }
}

/// What changes of how its images are fetched; `None` where nothing does.
pub fn images(
    before: &Source,
    arguments: &DicomArguments,
) -> anyhow::Result<Option<ImageSettings>> {
    let mut images = before.settings.images.clone();
    apply(&mut images, arguments)?;
    let is_given = images != before.settings.images || *arguments != DicomArguments::default();
    anyhow::ensure!(
        !is_given || before.kind == KIND_DICOM,
        "source {} is no DICOM server: AE titles, hosts and ways of retrieval are not its",
        before.name
    );
    Ok((images != before.settings.images).then_some(images))
}

/// What is shown of a DICOM server beside what every source has.
pub fn shown(node: &Node, source: &Source) -> anyhow::Result<Vec<(&'static str, String)>> {
    if source.kind != KIND_DICOM {
        return Ok(Vec::new());
    }
    let wanted = source.clone();
    let peer = node.store.read_blocking(move |tx| gateway::peer_of(tx, &wanted))?.said;
    let images = &source.settings.images;
    let or_unknown = |number: u32| match number {
        0 => "not known".to_owned(),
        number => number.to_string(),
    };
    let our_title = match peer.our_ae_title.as_str() {
        "" => "as configured".to_owned(),
        title => title.to_owned(),
    };
    let tls = if peer.is_tls { " by TLS" } else { "" };
    let mut rows = vec![
        ("DICOM server", format!("{} at {} port {}{tls}", peer.ae_title, peer.host, peer.port)),
        ("our AE title", our_title),
        ("retrieval", images.retrieval.to_string()),
        ("images", if images.only_when_asked { "when asked for" } else { "all" }.to_owned()),
        ("answers at most", or_unknown(images.answers_max)),
        ("instances at most", or_unknown(images.instances_max)),
        ("corrections", format!("{} days back", images.correction_days)),
    ];
    rows.extend(images.left_out.iter().map(|rule| ("left out", rule.to_string())));
    Ok(rows)
}

fn apply(images: &mut ImageSettings, arguments: &DicomArguments) -> anyhow::Result<()> {
    if let Some(way) = &arguments.retrieval {
        images.retrieval = way.parse().map_err(|error| anyhow::anyhow!("--retrieval: {error}"))?;
    }
    let rules = arguments
        .leave_out
        .iter()
        .map(|rule| rule.parse().map_err(|error| anyhow::anyhow!("--leave-out: {error}")))
        .collect::<anyhow::Result<Vec<LeaveOutRule>>>()?;
    if arguments.leave_out_nothing || !rules.is_empty() {
        images.left_out = rules;
    }
    images.only_when_asked = arguments.only_when_asked.unwrap_or(images.only_when_asked);
    images.answers_max = arguments.maximum_answers.unwrap_or(images.answers_max);
    images.instances_max = arguments.maximum_instances.unwrap_or(images.instances_max);
    images.correction_days = arguments.correction_days.unwrap_or(images.correction_days);
    Ok(())
}
