//! `musubi user …`: accounts of the pages.

use crate::cli::UserCommand;
use crate::clock::{SystemClock, SystemIds};
use crate::commands::{block_on, time};
use crate::node::{self, Node};
use crate::output;
use access::{AccountSecrets, AccountSummary, Accounts, NewAccount, Role};
use anyhow::Context;
use model::{Clock, IdSource};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use store::StoreError;
use store::source::FacilityRow;

/// Adds, lists, disables and recovers accounts, or computes a one-time code.
pub fn run(config: &Path, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { login, name, facility, role, password_stdin, json } => {
            let node = Node::open(config)?;
            let (password, made) = wanted_password(password_stdin)?;
            let role = Role::from_name(&role)
                .with_context(|| format!("role `{role}`: expected doctor, staff or operator"))?;
            let account = NewAccount {
                login: login.clone(),
                display_name: name,
                facility_code: facility,
                role,
                password,
                language: "ja".to_owned(),
            };
            add(&node, account, &login, made.as_deref(), json)
        }
        UserCommand::Disable { login } => {
            let node = Node::open(config)?;
            let accounts = accounts(&node);
            block_on(async { Ok(accounts.disable(&login, &node::actor()).await?) })?;
            output::line(format!("disabled {login} and ended its sessions"));
            Ok(())
        }
        UserCommand::List { json } => list(&Node::open(config)?, json),
        UserCommand::Enable { login } => {
            let node = Node::open(config)?;
            let accounts = accounts(&node);
            block_on(async { Ok(accounts.enable(&login, &node::actor()).await?) })?;
            output::line(format!("enabled {login}"));
            Ok(())
        }
        UserCommand::ResetPassword { login, password_stdin, json } => {
            reset_password(&Node::open(config)?, &login, password_stdin, json)
        }
        UserCommand::ResetSecondFactor { login, json } => {
            let node = Node::open(config)?;
            let accounts = accounts(&node);
            let actor = node::actor();
            let secrets =
                block_on(async { Ok(accounts.reset_second_factor(&login, &actor).await?) })?;
            show(&login, None, Some(&secrets), json)
        }
        UserCommand::Code { secret } => {
            output::line({
                let secret = access::second_factor::secret_from_text(&secret)?;
                access::second_factor::present_code(&secret, SystemClock.now())?
            });
            Ok(())
        }
    }
}

/// The accounts of a node.
pub fn accounts(node: &Node) -> Accounts {
    Accounts::new(node.store.clone(), node.clock.clone(), node.ids.clone())
}

fn add(
    node: &Node,
    account: NewAccount,
    login: &str,
    made: Option<&str>,
    json: bool,
) -> anyhow::Result<()> {
    let accounts = accounts(node);
    let secrets = block_on(async { Ok(accounts.create(account, &node::actor()).await?) })?;
    show(login, made, Some(&secrets), json)
}

fn reset_password(
    node: &Node,
    login: &str,
    password_stdin: bool,
    json: bool,
) -> anyhow::Result<()> {
    let (password, made) = wanted_password(password_stdin)?;
    let (accounts, actor) = (accounts(node), node::actor());
    block_on(async { Ok(accounts.reset_password(login, &password, &actor).await?) })?;
    show(login, made.as_deref(), None, json)
}

fn list(node: &Node, as_json: bool) -> anyhow::Result<()> {
    let accounts = accounts(node);
    let found = block_on(async { Ok(accounts.list().await?) })?;
    let facilities: BTreeMap<i64, FacilityRow> = node
        .store
        .read_blocking(|tx| -> Result<_, StoreError> { store::source::facilities(tx) })?
        .into_iter()
        .map(|facility| (facility.id, facility))
        .collect();
    let state = |account: &AccountSummary| match (account.disabled, account.locked_until) {
        (Some(at), _) => format!("disabled {}", time(at.0)),
        (None, Some(until)) => format!("locked until {}", time(until.0)),
        (None, None) => "open".to_owned(),
    };
    let facility = |account: &AccountSummary| facilities.get(&account.facility_id);
    if as_json {
        let rows = found.iter().map(|account| {
            json!({
                "login": account.login, "name": account.display_name, "role": account.role,
                "facility": facility(account).map(|it| it.code.clone()), "state": state(account),
            })
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|account| {
            let place = facility(account).map(|it| format!("{} {}", it.code, it.short_name));
            vec![
                account.login.clone(),
                output::printable(&account.display_name),
                place.unwrap_or_default(),
                account.role.clone(),
                state(account),
            ]
        })
        .collect();
    output::table(&["login", "name", "facility", "role", "state"], &rows);
    Ok(())
}

/// What whoever uses the account has to be told; shown once.
fn show(
    login: &str,
    password: Option<&str>,
    secrets: Option<&AccountSecrets>,
    as_json: bool,
) -> anyhow::Result<()> {
    if as_json {
        return output::json(&json!({
            "login": login,
            "password": password,
            "totp_secret": secrets.map(|it| it.secret_text.clone()),
            "provisioning_url": secrets.map(|it| it.provisioning_url.clone()),
        }));
    }
    output::line(format!("account        {login}"));
    if let Some(password) = password {
        output::line(format!("password       {password}"));
    }
    let Some(secrets) = secrets else { return Ok(()) };
    output::line(format!("second factor  {}", secrets.secret_text));
    output::line(format!("               {}", secrets.provisioning_url));
    output::line("Enter the second factor into an authenticator app; it is not shown again.");
    output::line(format!("Without one: musubi user code {}", secrets.secret_text));
    Ok(())
}

/// The password to set, and the same where it was made here and has to be shown.
fn wanted_password(from_standard_input: bool) -> anyhow::Result<(String, Option<String>)> {
    if from_standard_input {
        return Ok((read_password()?, None));
    }
    let made = fresh_password(&SystemIds);
    Ok((made.clone(), Some(made)))
}

/// Four groups of four letters that cannot be mistaken for one another: 16 × log2(28) ≈ 77 bits.
fn fresh_password(ids: &dyn IdSource) -> String {
    const LETTERS: &[u8; 28] = b"abcdefghjkmnpqrstuvwxyz23456";
    let mut password = String::new();
    while password.len() < 19 {
        if password.len() % 5 == 4 {
            password.push('-');
            continue;
        }
        let mut byte = [0_u8];
        ids.fill(&mut byte);
        // 252 is the largest multiple of 28 in a byte: beyond it some letters would be likelier.
        if byte[0] < 252 {
            password.push(char::from(LETTERS[usize::from(byte[0] % 28)]));
        }
    }
    password
}

fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(1_024)
        .read_to_string(&mut text)
        .context("no password on standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
