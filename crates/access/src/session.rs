//! Sessions: found by the hash of their token, ended by idleness, by age and by signing out.

use crate::account::{Accounts, audit_account};
use crate::error::AccessError;
use crate::role::{Role, Viewer};
use crate::sign_in::Origin;
use crate::token::SessionToken;
use model::Timestamp;
use model::limits::{SECOND_FACTOR_MS, SESSION_IDLE_MS, SESSION_MS};
use store::account::Session;
use store::audit::{Action, Outcome};
use store::{Tx, account};

/// Requests closer together than this are not noted one by one: a page is not worth a write.
const SEEN_STEP_US: i64 = 60 * Timestamp::SECOND_US;

/// What a token stands for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// Nothing: no token, an unknown one, or one that has ended.
    Anonymous,
    /// The password was right; the second factor is awaited.
    AwaitingCode {
        /// The login, to be shown.
        login: String,
        /// Carried by the form of the code.
        csrf: String,
    },
    /// Signed in with both factors.
    SignedIn(Box<SessionContext>),
}

/// Who is signed in, and how pages are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionContext {
    /// Account.
    pub account_id: i64,
    /// Login, the actor of audit records.
    pub login: String,
    /// Name shown.
    pub display_name: String,
    /// Facility.
    pub facility_id: i64,
    /// Its ten-digit code.
    pub facility_code: String,
    /// Its name.
    pub facility_name: String,
    /// Its short name.
    pub facility_short_name: String,
    /// Duty.
    pub role: Role,
    /// What the person chose for the pages.
    pub preferences: Preferences,
    /// Carried by every form of this session.
    pub csrf: String,
}

/// What a person chose for the pages. Kept with the account, not in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// `ja` or `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Whether single-key shortcuts are on (WCAG 2.1.4).
    pub single_keys: bool,
}

impl SessionContext {
    /// Who looks, for the decision.
    pub fn viewer(&self) -> Viewer {
        Viewer { account_id: self.account_id, facility_id: self.facility_id, role: self.role }
    }
}

impl Accounts {
    /// What a token stands for. Notes the request, once a minute; a session that has ended is
    /// removed and its end audited.
    pub async fn session(&self, token: &SessionToken) -> Result<SessionState, AccessError> {
        let hash = token.hash();
        let now = self.clock.now();
        let found = self
            .store
            .read(move |tx| -> Result<_, AccessError> { Ok(account::session(tx, &hash)?) })
            .await?;
        let Some(found) = found else { return Ok(SessionState::Anonymous) };
        if let Some(reason) = ended(&found, now) {
            self.end(token, now, reason, Origin::none()).await?;
            return Ok(SessionState::Anonymous);
        }
        if now.0.saturating_sub(found.seen.0) >= SEEN_STEP_US {
            self.store
                .write(move |tx| -> Result<_, AccessError> {
                    Ok(account::touch_session(tx, &hash, now)?)
                })
                .await?;
        }
        state(found, token)
    }

    /// Signs out. Unknown tokens are signed out already.
    pub async fn sign_out(&self, token: &SessionToken, origin: Origin) -> Result<(), AccessError> {
        self.end(token, self.clock.now(), "asked", origin).await
    }

    /// Ends every session of an account, on every computer; gives how many.
    pub async fn sign_out_all(&self, account_id: i64, origin: Origin) -> Result<u64, AccessError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| -> Result<_, AccessError> {
                let count = account::delete_sessions_of_account(tx, account_id, None)?;
                let detail = serde_json::json!({
                    "reason": "everywhere", "sessions": count, "address": &origin.address,
                });
                audit_sign_out(tx, account_id, now, &detail.to_string())?;
                Ok(count)
            })
            .await
    }

    /// Removes what has ended and was never asked for again; gives how many. To be called now
    /// and then.
    pub async fn remove_stale_sessions(&self) -> Result<u64, AccessError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| -> Result<_, AccessError> {
                let created = now.plus_us(-ms(SESSION_MS));
                let seen = now.plus_us(-ms(SESSION_IDLE_MS));
                let removed = account::delete_stale_sessions(tx, created, seen)?;
                for (account_id, factors) in &removed {
                    if *factors == 2 {
                        let detail = serde_json::json!({ "reason": "time-out" }).to_string();
                        audit_sign_out(tx, *account_id, now, &detail)?;
                    }
                }
                Ok(removed.len() as u64)
            })
            .await
    }

    /// Keeps what a person chose for the pages. Unknown languages and themes are refused
    /// silently: they can only come from a forged form.
    pub async fn set_preferences(
        &self,
        account_id: i64,
        preferences: Preferences,
    ) -> Result<(), AccessError> {
        let known = matches!(preferences.language.as_str(), "ja" | "en")
            && matches!(preferences.theme.as_str(), "auto" | "light" | "dark");
        if !known {
            return Ok(());
        }
        self.store
            .write(move |tx| -> Result<_, AccessError> {
                let Preferences { language, theme, single_keys } = &preferences;
                Ok(account::set_preferences(tx, account_id, language, theme, *single_keys)?)
            })
            .await
    }

    async fn end(
        &self,
        token: &SessionToken,
        now: Timestamp,
        reason: &'static str,
        origin: Origin,
    ) -> Result<(), AccessError> {
        let hash = token.hash();
        self.store
            .write(move |tx| -> Result<_, AccessError> {
                let Some(found) = account::session(tx, &hash)? else { return Ok(()) };
                account::delete_session(tx, &hash)?;
                if found.factors == 2 {
                    let detail =
                        serde_json::json!({ "reason": reason, "address": &origin.address });
                    audit_sign_out(tx, found.account_id, now, &detail.to_string())?;
                }
                Ok(())
            })
            .await
    }
}

/// The context of a session, for a token that was shown with both factors.
pub(crate) fn context(found: Session, token: &SessionToken) -> Result<SessionContext, AccessError> {
    let role = Role::from_name(&found.role)
        .ok_or(AccessError::Unreadable { account_id: found.account_id, what: "role" })?;
    Ok(SessionContext {
        account_id: found.account_id,
        login: found.login,
        display_name: found.display_name,
        facility_id: found.facility_id,
        facility_code: found.facility_code,
        facility_name: found.facility_name,
        facility_short_name: found.facility_short_name,
        role,
        preferences: Preferences {
            language: found.language,
            theme: found.theme,
            single_keys: found.single_keys,
        },
        csrf: token.csrf(),
    })
}

/// Why a session has ended, if it has (security.md J12).
pub(crate) fn ended(session: &Session, now: Timestamp) -> Option<&'static str> {
    let age_us = now.0.saturating_sub(session.created.0);
    let idle_us = now.0.saturating_sub(session.seen.0);
    if session.disabled.is_some() {
        Some("disabled")
    } else if session.factors < 2 {
        (age_us >= ms(SECOND_FACTOR_MS)).then_some("second-factor")
    } else if age_us >= ms(SESSION_MS) {
        Some("age")
    } else {
        (idle_us >= ms(SESSION_IDLE_MS)).then_some("idle")
    }
}

/// A limit in milliseconds as microseconds.
pub(crate) fn ms(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_mul(1_000)
}

fn state(found: Session, token: &SessionToken) -> Result<SessionState, AccessError> {
    if found.factors < 2 {
        return Ok(SessionState::AwaitingCode { login: found.login, csrf: token.csrf() });
    }
    Ok(SessionState::SignedIn(Box::new(context(found, token)?)))
}

fn audit_sign_out(
    tx: &mut Tx,
    account_id: i64,
    now: Timestamp,
    detail: &str,
) -> Result<(), AccessError> {
    audit_account(tx, account_id, now, Action::SignOut, Outcome::Success, detail)
}
