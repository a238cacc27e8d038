//! Accounts: one per human (security.md J2), made and changed by operators.

use crate::error::AccessError;
use crate::password::{self, PasswordRule};
use crate::role::Role;
use crate::second_factor;
use crate::token::SessionToken;
use model::limits::PASSWORD_CHECKS;
use model::{Clock, IdSource, Timestamp};
use std::sync::Arc;
use store::account::Account;
use store::audit::{Action, NewAuditEvent, Outcome};
use store::{Store, Tx, account, audit, source};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Accounts and their sessions.
pub struct Accounts {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    checks: Semaphore,
}

/// An account to make.
#[derive(Clone)]
pub struct NewAccount {
    /// What the person types: a-z, 0-9, dot, hyphen, underscore.
    pub login: String,
    /// Name shown on pages.
    pub display_name: String,
    /// Ten-digit code of the facility.
    pub facility_code: String,
    /// Duty.
    pub role: Role,
    /// The first password.
    pub password: String,
    /// `ja` or `en`.
    pub language: String,
}

/// What the person needs for the second factor; shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSecrets {
    /// The account.
    pub account_id: i64,
    /// The secret.
    pub secret: Vec<u8>,
    /// The secret in base 32, to be typed in.
    pub secret_text: String,
    /// The address that authenticator applications read.
    pub provisioning_url: String,
}

/// An account as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// Key.
    pub account_id: i64,
    /// Login.
    pub login: String,
    /// Name shown.
    pub display_name: String,
    /// Facility.
    pub facility_id: i64,
    /// Role by name.
    pub role: String,
    /// When it was disabled.
    pub disabled: Option<Timestamp>,
    /// Locked until then, where that lies ahead.
    pub locked_until: Option<Timestamp>,
}

impl Accounts {
    /// Accounts in a store, with the given time and randomness.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Accounts {
        let at_once = usize::try_from(PASSWORD_CHECKS).unwrap_or(1);
        Accounts { store, clock, ids, checks: Semaphore::new(at_once) }
    }

    /// Makes an account; `actor` is who does it, for the audit record.
    pub async fn create(
        &self,
        new: NewAccount,
        actor: &str,
    ) -> Result<AccountSecrets, AccessError> {
        let login = new.login.trim().to_lowercase();
        check_login(&login)?;
        password::check_rule(&login, &new.password)?;
        let hash = self.hash(new.password.clone()).await?;
        let secret = second_factor::fresh_secret(self.ids.as_ref());
        let (now, actor) = (self.clock.now(), actor.to_owned());
        let kept = (login.clone(), secret.clone());
        let account_id = self
            .store
            .write(move |tx| insert(tx, &new, &kept.0, &hash, &kept.1, &actor, now))
            .await?;
        secrets(account_id, &login, secret)
    }

    /// Every account, by login.
    pub async fn list(&self) -> Result<Vec<AccountSummary>, AccessError> {
        let now = self.clock.now();
        let rows =
            self.store.read(move |tx| -> Result<_, AccessError> { Ok(account::list(tx)?) }).await?;
        Ok(rows.into_iter().map(|row| summary(row, now)).collect())
    }

    /// Disables an account and ends its sessions.
    pub async fn disable(&self, login: &str, actor: &str) -> Result<(), AccessError> {
        self.change(login, actor, "disabled", |tx, account, now| {
            account::disable(tx, account.id, now)?;
            account::delete_sessions_of_account(tx, account.id, None)?;
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Enables an account and unlocks it.
    pub async fn enable(&self, login: &str, actor: &str) -> Result<(), AccessError> {
        self.change(login, actor, "enabled", |tx, account, _| Ok(account::enable(tx, account.id)?))
            .await
            .map(drop)
    }

    /// Sets another password without knowing the present one, unlocks, and ends the sessions.
    pub async fn reset_password(
        &self,
        login: &str,
        new_password: &str,
        actor: &str,
    ) -> Result<(), AccessError> {
        password::check_rule(login, new_password)?;
        let hash = self.hash(new_password.to_owned()).await?;
        self.change(login, actor, "password-reset", move |tx, account, _| {
            account::set_password(tx, account.id, &hash)?;
            account::delete_sessions_of_account(tx, account.id, None)?;
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Sets another second factor and ends the sessions: a telephone was lost.
    pub async fn reset_second_factor(
        &self,
        login: &str,
        actor: &str,
    ) -> Result<AccountSecrets, AccessError> {
        let secret = second_factor::fresh_secret(self.ids.as_ref());
        let kept = secret.clone();
        let account_id = self
            .change(login, actor, "second-factor-reset", move |tx, account, _| {
                account::set_second_factor(tx, account.id, &kept)?;
                account::delete_sessions_of_account(tx, account.id, None)?;
                Ok(())
            })
            .await?;
        secrets(account_id, login, secret)
    }

    /// Changes the password of whoever is signed in with `token`; other sessions end. Wrong
    /// present passwords are counted like failed sign-ins.
    pub async fn change_password(
        &self,
        token: &SessionToken,
        login: &str,
        present: &str,
        new_password: &str,
    ) -> Result<(), AccessError> {
        password::check_rule(login, new_password)?;
        if present == new_password {
            return Err(PasswordRule::Reused.into());
        }
        let checked = self.check_password(login, present, crate::Origin::none()).await?;
        let crate::PasswordOutcome::NextFactor(waiting) = checked else {
            return Err(AccessError::WrongPassword);
        };
        let (hash, kept) = (self.hash(new_password.to_owned()).await?, token.hash());
        self.change(login, login, "password", move |tx, account, _| {
            account::delete_session(tx, &waiting.hash())?;
            account::set_password(tx, account.id, &hash)?;
            account::delete_sessions_of_account(tx, account.id, Some(&kept))?;
            Ok(())
        })
        .await
        .map(drop)
    }

    async fn change(
        &self,
        login: &str,
        actor: &str,
        what: &'static str,
        mut act: impl FnMut(&mut Tx, &Account, Timestamp) -> Result<(), AccessError> + Send + 'static,
    ) -> Result<i64, AccessError> {
        let (login, actor, now) = (login.trim().to_lowercase(), actor.to_owned(), self.clock.now());
        self.store
            .write(move |tx| -> Result<i64, AccessError> {
                let account = account::by_login(tx, &login)?
                    .ok_or_else(|| AccessError::NoSuchAccount(login.clone()))?;
                act(tx, &account, now)?;
                audit_change(tx, &account, &actor, what, now)?;
                Ok(account.id)
            })
            .await
    }

    async fn hash(&self, password: String) -> Result<String, AccessError> {
        let _permit = self.permit().await?;
        let ids = Arc::clone(&self.ids);
        self.blocking(move || password::hash(&password, ids.as_ref())).await
    }

    pub(crate) async fn permit(&self) -> Result<SemaphorePermit<'_>, AccessError> {
        self.checks.acquire().await.map_err(|error| AccessError::Hash(error.to_string()))
    }

    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccessError> + Send + 'static,
    ) -> Result<T, AccessError> {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| AccessError::Hash(error.to_string()))?
    }
}

/// Writes an audit record about an account, with its login as the actor.
pub(crate) fn audit_account(
    tx: &mut Tx,
    account_id: i64,
    now: Timestamp,
    action: Action,
    outcome: Outcome,
    detail: &str,
) -> Result<(), AccessError> {
    let login = account::by_id(tx, account_id)?.map(|account| account.login).unwrap_or_default();
    let event = NewAuditEvent {
        at: now,
        actor: &login,
        account_id: Some(account_id),
        action,
        outcome,
        person_id: None,
        detail,
    };
    Ok(audit::insert(tx, &event)?)
}

fn insert(
    tx: &mut Tx,
    new: &NewAccount,
    login: &str,
    hash: &str,
    secret: &[u8],
    actor: &str,
    now: Timestamp,
) -> Result<i64, AccessError> {
    let facility = source::facility_by_code(tx, &new.facility_code)?
        .ok_or_else(|| AccessError::NoSuchFacility(new.facility_code.clone()))?;
    let row = account::NewAccount {
        login,
        display_name: &new.display_name,
        facility_id: facility.id,
        role: new.role.name(),
        password_hash: hash,
        totp_secret: secret,
        language: if new.language == "en" { "en" } else { "ja" },
    };
    account::insert(tx, &row, now)?.ok_or_else(|| AccessError::LoginTaken(login.to_owned()))?;
    let made = account::by_login(tx, login)?
        .ok_or_else(|| AccessError::NoSuchAccount(login.to_owned()))?;
    audit_change(tx, &made, actor, "created", now)?;
    Ok(made.id)
}

fn audit_change(
    tx: &mut Tx,
    account: &Account,
    actor: &str,
    what: &str,
    now: Timestamp,
) -> Result<(), AccessError> {
    let detail = serde_json::json!({
        "change": what, "login": &account.login, "facility": account.facility_id, "role": &account.role,
    });
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: Some(account.id),
        action: Action::AccountChange,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail.to_string(),
    };
    Ok(audit::insert(tx, &event)?)
}

fn secrets(account_id: i64, login: &str, secret: Vec<u8>) -> Result<AccountSecrets, AccessError> {
    Ok(AccountSecrets {
        account_id,
        secret_text: second_factor::secret_text(&secret),
        provisioning_url: second_factor::provisioning_url(&secret, login)?,
        secret,
    })
}

fn summary(row: Account, now: Timestamp) -> AccountSummary {
    AccountSummary {
        account_id: row.id,
        login: row.login,
        display_name: row.display_name,
        facility_id: row.facility_id,
        role: row.role,
        disabled: row.disabled,
        locked_until: (row.locked_until > now).then_some(row.locked_until),
    }
}

fn check_login(login: &str) -> Result<(), AccessError> {
    let length = (3..=64).contains(&login.len());
    let begins = login.starts_with(|c: char| c.is_ascii_alphanumeric());
    let rest = login
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    if length && begins && rest {
        Ok(())
    } else {
        Err(AccessError::LoginMalformed(login.to_owned()))
    }
}
