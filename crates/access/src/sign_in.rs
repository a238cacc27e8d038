//! Signing in: password, then code. A stranger learns nothing from the answers: unknown login,
//! wrong password, locked and disabled are one answer that took the same work.

use crate::account::{Accounts, audit_account};
use crate::error::AccessError;
use crate::password;
use crate::second_factor;
use crate::session::{SessionContext, context, ended, ms};
use crate::token::SessionToken;
use model::Timestamp;
use model::limits::{SIGN_IN_FAILURES, SIGN_IN_LOCK_MS};
use store::account::Account;
use store::audit::{Action, NewAuditEvent, Outcome};
use store::{Tx, account, audit};

/// From where somebody signs in, for the audit record.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the peer, or empty.
    pub address: String,
}

impl Origin {
    /// Nowhere known: Musubi itself, a test.
    pub fn none() -> Origin {
        Origin::default()
    }
}

/// What came of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// No. The page says: wrong login or password, or locked for some minutes after too many
    /// attempts. It cannot say which, because it does not know.
    Refused,
    /// Yes; this token waits for the second factor, for `SECOND_FACTOR_MS`.
    NextFactor(SessionToken),
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeOutcome {
    /// A wrong code, or one that was used before; it may be tried again.
    Refused,
    /// Too many attempts, or the password was too long ago: back to the password.
    Restart,
    /// Signed in. The token is another one than before; the old one is dead.
    SignedIn(SessionToken, Box<SessionContext>),
}

impl Accounts {
    /// Checks a password. Attempts beyond `PASSWORD_CHECKS` at once wait.
    pub async fn check_password(
        &self,
        login: &str,
        password: &str,
        origin: Origin,
    ) -> Result<PasswordOutcome, AccessError> {
        let login = attempted(login);
        let _permit = self.permit().await?;
        let known = {
            let login = login.clone();
            self.store
                .read(move |tx| -> Result<_, AccessError> { Ok(account::by_login(tx, &login)?) })
                .await?
        };
        let fits = {
            let stored = known.as_ref().map(|account| account.password_hash.clone());
            let password = password.to_owned();
            self.blocking(move || password::verify(&password, stored.as_deref())).await?
        };
        let token = SessionToken::fresh(self.ids.as_ref());
        let now = self.clock.now();
        self.store.write(move |tx| settle_password(tx, &login, fits, &token, &origin, now)).await
    }

    /// Checks the code of the second factor for a token that waits for it.
    pub async fn check_code(
        &self,
        token: &SessionToken,
        code: &str,
        origin: Origin,
    ) -> Result<CodeOutcome, AccessError> {
        let (token, code) = (token.clone(), code.to_owned());
        let fresh = SessionToken::fresh(self.ids.as_ref());
        let now = self.clock.now();
        self.store.write(move |tx| settle_code(tx, &token, &code, &fresh, &origin, now)).await
    }
}

/// Decides with the account as it is now, not as it was when the password was looked at: a lock
/// that another attempt brought meanwhile holds for this one too.
fn settle_password(
    tx: &mut Tx,
    login: &str,
    fits: bool,
    token: &SessionToken,
    origin: &Origin,
    now: Timestamp,
) -> Result<PasswordOutcome, AccessError> {
    let Some(account) = account::by_login(tx, login)? else {
        refuse(tx, login, None, "unknown-login", origin, now)?;
        return Ok(PasswordOutcome::Refused);
    };
    let closed = closed(&account, now);
    if let (true, None) = (fits, closed) {
        account::insert_session(tx, &token.hash(), account.id, 1, now)?;
        return Ok(PasswordOutcome::NextFactor(token.clone()));
    }
    let reason = closed.unwrap_or("password");
    charge(tx, &account, now)?;
    refuse(tx, login, Some(account.id), reason, origin, now)?;
    Ok(PasswordOutcome::Refused)
}

fn settle_code(
    tx: &mut Tx,
    token: &SessionToken,
    code: &str,
    fresh: &SessionToken,
    origin: &Origin,
    now: Timestamp,
) -> Result<CodeOutcome, AccessError> {
    let Some(waiting) = account::session(tx, &token.hash())? else {
        return Ok(CodeOutcome::Restart);
    };
    let Some(account) = account::by_id(tx, waiting.account_id)? else {
        return Ok(CodeOutcome::Restart);
    };
    if waiting.factors != 1 || ended(&waiting, now).is_some() {
        return Ok(CodeOutcome::Restart);
    }
    if !charge(tx, &account, now)? {
        account::delete_session(tx, &token.hash())?;
        let reason = closed(&account, now).unwrap_or("locked");
        refuse(tx, &account.login, Some(account.id), reason, origin, now)?;
        return Ok(CodeOutcome::Restart);
    }
    let step = second_factor::matching_step(&account.totp_secret, code, now)?;
    let accepted = match step {
        Some(step) => account::accept_second_factor(tx, account.id, step)?,
        None => false,
    };
    if !accepted {
        let reason = if step.is_some() { "code-used" } else { "code" };
        refuse(tx, &account.login, Some(account.id), reason, origin, now)?;
        return Ok(CodeOutcome::Refused);
    }
    account::delete_session(tx, &token.hash())?;
    account::insert_session(tx, &fresh.hash(), account.id, 2, now)?;
    let detail = serde_json::json!({ "address": &origin.address, "factors": 2 }).to_string();
    audit_account(tx, account.id, now, Action::SignIn, Outcome::Success, &detail)?;
    let signed_in = context(waiting, fresh)?;
    Ok(CodeOutcome::SignedIn(fresh.clone(), Box::new(signed_in)))
}

fn charge(tx: &mut Tx, account: &Account, now: Timestamp) -> Result<bool, AccessError> {
    let limit = i64::try_from(SIGN_IN_FAILURES).unwrap_or(i64::MAX);
    let locked_until = now.plus_us(ms(SIGN_IN_LOCK_MS));
    Ok(account::charge_attempt(tx, account.id, limit, locked_until, now)?)
}

fn closed(account: &Account, now: Timestamp) -> Option<&'static str> {
    if account.disabled.is_some() {
        Some("disabled")
    } else {
        (account.locked_until > now).then_some("locked")
    }
}

fn refuse(
    tx: &mut Tx,
    login: &str,
    account_id: Option<i64>,
    reason: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), AccessError> {
    let detail = serde_json::json!({ "reason": reason, "address": &origin.address }).to_string();
    let event = NewAuditEvent {
        at: now,
        actor: login,
        account_id,
        action: Action::SignIn,
        outcome: if reason == "locked" { Outcome::SeriousFailure } else { Outcome::MinorFailure },
        person_id: None,
        detail: &detail,
    };
    Ok(audit::insert(tx, &event)?)
}

/// What was typed, as it is compared and audited: bounded, without control characters.
fn attempted(login: &str) -> String {
    let shown = login.trim().chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
    shown.take(64).collect::<String>().to_lowercase()
}
