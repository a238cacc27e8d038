//! `musubi source set` and `show`: settings and roots of a source that is there.

use crate::cli::SourceChangeArguments;
use crate::commands::source::{absolute, hours, warn_of_missing};
use crate::commands::{named, source_dicom};
use crate::node::{self, Node};
use crate::output;
use gateway::{PeerChange, RestrictedRule, Source, SourceChange};
use identity::FeedEnrolment;
use model::Timestamp;
use std::path::PathBuf;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{StoreError, Tx};

/// Changes what is given and shows what holds then.
pub fn run(node: &Node, arguments: SourceChangeArguments) -> anyhow::Result<()> {
    let (name, now, actor) = (arguments.name.clone(), node.now(), node::actor());
    let (change, read_age) = (change(&arguments)?, arguments.read_age);
    let feed = arguments.feed.as_deref().map(feed_enrolment).transpose()?;
    let before = named::source(node, &name)?;
    let peer = source_dicom::peer_change(&arguments.dicom);
    let change =
        SourceChange { images: source_dicom::images(&before, &arguments.dicom)?, ..change };
    anyhow::ensure!(
        change != SourceChange::default()
            || peer != PeerChange::default()
            || feed.is_some()
            || arguments.read_age.is_some(),
        "nothing to change was given: `musubi source set --help` shows what can be, \
         `musubi source show {name}` what holds"
    );
    let roots = [&change.standardized, &change.extended, &change.transaction];
    let roots = roots.into_iter().chain([&change.extended_transaction]).flatten().flatten();
    warn_of_missing(roots);
    let source = node.store.write_blocking(move |tx| -> Result<_, anyhow::Error> {
        let source = gateway::change_source(tx, &name, &change, &actor, now)?;
        if peer != PeerChange::default() {
            gateway::change_peer(tx, &name, &peer, now)?;
        }
        if let Some(said) = feed {
            identity::set_feed_enrolment(tx, &name, said, (&actor, now))?;
        }
        if let Some(minutes) = read_age {
            set_read_age(tx, &source, minutes, (&actor, now))?;
        }
        Ok(source)
    })?;
    print(node, &source)
}

/// Shows what holds.
pub fn show(node: &Node, name: &str) -> anyhow::Result<()> {
    print(node, &named::source(node, name)?)
}

/// Changes after how many minutes pages say that the last complete reading is old.
fn set_read_age(
    tx: &mut Tx,
    source: &Source,
    minutes: u32,
    (actor, now): (&str, Timestamp),
) -> Result<(), StoreError> {
    let age_ms = (minutes > 0).then(|| i64::from(minutes) * 60_000);
    store::source::update_read_age_ms(tx, source.id, age_ms)?;
    let detail = serde_json::json!({ "source": source.name, "read_age_minutes": minutes });
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: None,
        action: Action::SettingChange,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail.to_string(),
    };
    audit::insert(tx, &event)
}

/// What `--feed` says; `None` leaves it to each sender's own setting.
fn feed_enrolment(word: &str) -> anyhow::Result<Option<FeedEnrolment>> {
    match word {
        "sender" => Ok(None),
        word => Ok(Some(word.parse().map_err(|error| anyhow::anyhow!("--feed: {error}"))?)),
    }
}

fn change(arguments: &SourceChangeArguments) -> anyhow::Result<SourceChange> {
    let given = |roots: &[PathBuf]| -> anyhow::Result<Option<Vec<PathBuf>>> {
        if roots.is_empty() { Ok(None) } else { absolute(roots).map(Some) }
    };
    let transaction = |roots: &[PathBuf]| match arguments.no_transaction_roots {
        true => Ok(Some(Vec::new())),
        false => given(roots),
    };
    let rules = arguments
        .restrict
        .iter()
        .map(|rule| rule.parse().map_err(|error| anyhow::anyhow!("--restrict: {error}")))
        .collect::<anyhow::Result<Vec<RestrictedRule>>>()?;
    let allowed_hours = hours(&arguments.allowed_hours)?;
    Ok(SourceChange {
        allowed_hours: (arguments.any_hour || !allowed_hours.is_empty()).then_some(allowed_hours),
        files_per_second_max: arguments.maximum_rate,
        parallelism: arguments.parallelism,
        follow_interval_s: arguments.follow_interval,
        extended_interval_s: arguments.extended_interval,
        reconcile_interval_s: arguments.reconcile_interval,
        frozen: arguments.frozen,
        restricted: (arguments.no_restrictions || !rules.is_empty()).then_some(rules),
        images: None,
        standardized: given(&arguments.roots)?,
        extended: given(&arguments.extended_roots)?,
        transaction: transaction(&arguments.transaction_roots)?,
        extended_transaction: transaction(&arguments.extended_transaction_roots)?,
    })
}

fn print(node: &Node, source: &Source) -> anyhow::Result<()> {
    let source_id = source.id;
    let (feed, read_age_ms) = node.store.read_blocking(move |tx| -> Result<_, StoreError> {
        let feed = store::source::feed_enrolment(tx, source_id)?;
        Ok((feed, store::source::read_age_ms(tx, source_id)?))
    })?;
    let settings = &source.settings;
    let hours: Vec<String> = settings.allowed_hours.iter().map(ToString::to_string).collect();
    let rate = match settings.files_per_second_max {
        0 => "as fast as it goes".to_owned(),
        rate => format!("{rate} files/s"),
    };
    let state = match (source.paused, settings.frozen) {
        (true, _) => "paused",
        (false, true) => "frozen",
        (false, false) => "followed",
    };
    let mut rows = vec![
        ("source", source.name.clone()),
        ("facility", format!("{} {}", source.facility.code, source.facility.name)),
        ("domain", source.domain.oid.clone()),
        ("feed", if feed.is_empty() { "as its sender is set".to_owned() } else { feed }),
        ("state", state.to_owned()),
        ("hours", if hours.is_empty() { "any".to_owned() } else { hours.join(" ") }),
        ("rate", rate),
        (
            "parallelism",
            match source.kind == gateway::KIND_DICOM {
                true => settings.associations().to_string(),
                false => settings.workers().to_string(),
            },
        ),
        ("follow", format!("every {} s", settings.follow_interval_s)),
        ("extended", format!("every {} s", settings.extended_interval_s)),
        (
            "read age",
            read_age_ms.map_or("common".to_owned(), |age| format!("{} min", age / 60_000)),
        ),
        ("reconcile", format!("every {} s", settings.reconcile_interval_s)),
    ];
    for rule in &settings.restricted {
        let of = |list: &[String]| if list.is_empty() { "any".into() } else { list.join(",") };
        rows.push((
            "restricted",
            format!(
                "departments {} types {} ({})",
                of(&rule.departments),
                of(&rule.data_types),
                rule.reason
            ),
        ));
    }
    rows.extend(source_dicom::shown(node, source)?);
    for root in &source.roots {
        rows.push((root.role.name(), root.path.display().to_string()));
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(what, value)| vec![what.to_owned(), output::printable(&value)])
        .collect();
    output::table(&["", ""], &rows);
    Ok(())
}
