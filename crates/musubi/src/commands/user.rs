//! `musubi user …`: accounts of the pages.

use crate::cli::UserCommand;
use crate::clock::{SystemClock, SystemIds};
use crate::commands::block_on;
use crate::node::{self, Node};
use crate::output;
use access::{Accounts, NewAccount, Role};
use anyhow::Context;
use model::{Clock, IdSource};
use serde_json::json;
use std::io::Read;
use std::path::Path;

/// Adds or disables accounts, or computes a one-time code.
pub fn run(config: &Path, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { login, name, facility, role, password_stdin, json } => {
            let node = Node::open(config)?;
            let made = if password_stdin { None } else { Some(fresh_password(&SystemIds)) };
            let password = match &made {
                Some(password) => password.clone(),
                None => read_password()?,
            };
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
    if json {
        return output::json(&json!({
            "login": login,
            "password": made,
            "totp_secret": secrets.secret_text,
            "provisioning_url": secrets.provisioning_url,
        }));
    }
    output::line(format!("account        {login}"));
    if let Some(password) = made {
        output::line(format!("password       {password}"));
    }
    output::line(format!("second factor  {}", secrets.secret_text));
    output::line(format!("               {}", secrets.provisioning_url));
    output::line("Enter the second factor into an authenticator app; it is not shown again.");
    output::line(format!("Without one: musubi user code {}", secrets.secret_text));
    Ok(())
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
