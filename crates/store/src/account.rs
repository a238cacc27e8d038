//! Accounts, sessions, and which person an account saw when.

use crate::{Row, StoreError, Tx};
use model::{CommunityId, Timestamp};

statements! {
    INSERT = "account/insert",
    BY_LOGIN = "account/by_login",
    BY_ID = "account/by_id",
    LIST = "account/list",
    CHARGE_ATTEMPT = "account/charge_attempt",
    ACCEPT_SECOND_FACTOR = "account/accept_second_factor",
    SET_PASSWORD = "account/set_password",
    SET_SECOND_FACTOR = "account/set_second_factor",
    SET_PREFERENCES = "account/set_preferences",
    DISABLE = "account/disable",
    ENABLE = "account/enable",
    INSERT_SESSION = "account/insert_session",
    SESSION = "account/session",
    TOUCH_SESSION = "account/touch_session",
    DELETE_SESSION = "account/delete_session",
    DELETE_SESSIONS_OF_ACCOUNT = "account/delete_sessions_of_account",
    DELETE_STALE_SESSIONS = "account/delete_stale_sessions",
    RECORD_VIEW = "account/record_view",
    RECENT_VIEWS = "account/recent_views",
}

/// An account. It has no `Debug`: it carries secrets.
#[derive(Clone)]
pub struct Account {
    /// Key.
    pub id: i64,
    /// What the person types.
    pub login: String,
    /// What pages show.
    pub display_name: String,
    /// The facility it belongs to.
    pub facility_id: i64,
    /// `access::Role` by name.
    pub role: String,
    /// PHC string.
    pub password_hash: String,
    /// Secret of the second factor.
    pub totp_secret: Vec<u8>,
    /// The step of the code used last.
    pub totp_last_step: i64,
    /// Attempts in a row that did not end in a sign-in.
    pub failures: i64,
    /// Locked until then; 0 where it is not.
    pub locked_until: Timestamp,
    /// `ja` or `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Whether single-key shortcuts are on (WCAG 2.1.4).
    pub single_keys: bool,
    /// When it was disabled.
    pub disabled: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
}

/// An account to make.
pub struct NewAccount<'a> {
    /// What the person types.
    pub login: &'a str,
    /// What pages show.
    pub display_name: &'a str,
    /// The facility.
    pub facility_id: i64,
    /// Role by name.
    pub role: &'a str,
    /// PHC string.
    pub password_hash: &'a str,
    /// Secret of the second factor.
    pub totp_secret: &'a [u8],
    /// `ja` or `en`.
    pub language: &'a str,
}

/// A session with its account and facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The account.
    pub account_id: i64,
    /// Factors shown: 1 (password) or 2.
    pub factors: i64,
    /// When this token was given.
    pub created: Timestamp,
    /// The last request, to the minute.
    pub seen: Timestamp,
    /// Login.
    pub login: String,
    /// Name shown.
    pub display_name: String,
    /// Facility.
    pub facility_id: i64,
    /// Role by name.
    pub role: String,
    /// Language.
    pub language: String,
    /// Theme.
    pub theme: String,
    /// Single-key shortcuts.
    pub single_keys: bool,
    /// When the account was disabled.
    pub disabled: Option<Timestamp>,
    /// Ten-digit code of the facility.
    pub facility_code: String,
    /// Name of the facility.
    pub facility_name: String,
    /// Short name of the facility.
    pub facility_short_name: String,
}

/// A person that an account saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentView {
    /// The person.
    pub person_id: i64,
    /// Its community ID.
    pub community_id: CommunityId,
    /// The last time.
    pub seen: Timestamp,
    /// The visit before that.
    pub previous: Option<Timestamp>,
}

/// A new account, or `None` where the login is taken.
pub fn insert(
    tx: &mut Tx,
    new: &NewAccount<'_>,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    tx.query_opt(
        &INSERT,
        params![
            new.login,
            new.display_name,
            new.facility_id,
            new.role,
            new.password_hash,
            new.totp_secret,
            new.language,
            now
        ],
        |row| row.int(0),
    )
}

/// The account of a login.
pub fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Account>, StoreError> {
    tx.query_opt(&BY_LOGIN, params![login], account)
}

/// The account of a key.
pub fn by_id(tx: &mut Tx, account_id: i64) -> Result<Option<Account>, StoreError> {
    tx.query_opt(&BY_ID, params![account_id], account)
}

/// Every account, by login.
pub fn list(tx: &mut Tx) -> Result<Vec<Account>, StoreError> {
    tx.query(&LIST, params![], account)
}

/// Counts an attempt; the one that reaches `failures_limit` locks. It holds the account's row, so
/// attempts made at the same time wait for each other. `false`: locked or disabled, nothing was
/// counted and nothing may be accepted. After a lock has ended counting begins anew.
pub fn charge_attempt(
    tx: &mut Tx,
    account_id: i64,
    failures_limit: i64,
    locked_until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let parameters = params![account_id, failures_limit, locked_until, now];
    Ok(tx.execute(&CHARGE_ATTEMPT, parameters)? > 0)
}

/// Takes the second factor's step, once: `false` where it or a later one was used already.
/// Clears the failures.
pub fn accept_second_factor(tx: &mut Tx, account_id: i64, step: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&ACCEPT_SECOND_FACTOR, params![account_id, step])? > 0)
}

/// Sets the password and unlocks.
pub fn set_password(tx: &mut Tx, account_id: i64, hash: &str) -> Result<(), StoreError> {
    tx.execute(&SET_PASSWORD, params![account_id, hash]).map(drop)
}

/// Sets another second factor.
pub fn set_second_factor(tx: &mut Tx, account_id: i64, secret: &[u8]) -> Result<(), StoreError> {
    tx.execute(&SET_SECOND_FACTOR, params![account_id, secret]).map(drop)
}

/// Sets what the person chose for the pages.
pub fn set_preferences(
    tx: &mut Tx,
    account_id: i64,
    language: &str,
    theme: &str,
    single_keys: bool,
) -> Result<(), StoreError> {
    tx.execute(&SET_PREFERENCES, params![account_id, language, theme, single_keys]).map(drop)
}

/// Disables; `false` where it was disabled before.
pub fn disable(tx: &mut Tx, account_id: i64, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&DISABLE, params![account_id, now])? > 0)
}

/// Enables and unlocks.
pub fn enable(tx: &mut Tx, account_id: i64) -> Result<(), StoreError> {
    tx.execute(&ENABLE, params![account_id]).map(drop)
}

/// A new session.
pub fn insert_session(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    account_id: i64,
    factors: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_SESSION, params![token_hash, account_id, factors, now]).map(drop)
}

/// The session of a token, ended by time or not.
pub fn session(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    tx.query_opt(&SESSION, params![token_hash], read_session)
}

/// Notes a request.
pub fn touch_session(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&TOUCH_SESSION, params![hash, now]).map(drop)
}

/// Ends a session; `false` where there was none.
pub fn delete_session(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE_SESSION, params![token_hash])? > 0)
}

/// Ends every session of an account but `kept`; gives how many.
pub fn delete_sessions_of_account(
    tx: &mut Tx,
    account_id: i64,
    kept: Option<&[u8; 32]>,
) -> Result<u64, StoreError> {
    let kept: &[u8] = kept.map_or(&[], |hash| hash.as_slice());
    tx.execute(&DELETE_SESSIONS_OF_ACCOUNT, params![account_id, kept])
}

/// Removes sessions given before `created_before` or without a request since `seen_before`;
/// gives account and factors of each.
pub fn delete_stale_sessions(
    tx: &mut Tx,
    created_before: Timestamp,
    seen_before: Timestamp,
) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.query(&DELETE_STALE_SESSIONS, params![created_before, seen_before], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })
}

/// Notes that an account sees a person; gives when it did so before this visit. Requests not
/// further apart than `visit_gap_us` are one visit, so the answer stays while pages are turned.
pub fn record_view(
    tx: &mut Tx,
    account_id: i64,
    person_id: i64,
    now: Timestamp,
    visit_gap_us: i64,
) -> Result<Option<Timestamp>, StoreError> {
    let parameters = params![account_id, person_id, now, visit_gap_us];
    let previous = tx.query_opt(&RECORD_VIEW, parameters, |row| row.opt_int(0))?;
    Ok(previous.flatten().map(Timestamp))
}

/// The persons an account saw last, the newest first. Each is shown only after a decision of
/// today.
pub fn recent_views(
    tx: &mut Tx,
    account_id: i64,
    limit: i64,
) -> Result<Vec<RecentView>, StoreError> {
    tx.query(&RECENT_VIEWS, params![account_id, limit], |row| {
        let digits = row.text_ref(1)?;
        Ok(RecentView {
            person_id: row.int(0)?,
            community_id: digits
                .parse()
                .map_err(|error| StoreError::Damaged(format!("community id {digits}: {error}")))?,
            seen: Timestamp(row.int(2)?),
            previous: row.opt_int(3)?.map(Timestamp),
        })
    })
}

fn account(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.int(0)?,
        login: row.text(1)?,
        display_name: row.text(2)?,
        facility_id: row.int(3)?,
        role: row.text(4)?,
        password_hash: row.text(5)?,
        totp_secret: row.bytes(6)?,
        totp_last_step: row.int(7)?,
        failures: row.int(8)?,
        locked_until: Timestamp(row.int(9)?),
        language: row.text(10)?,
        theme: row.text(11)?,
        single_keys: row.flag(12)?,
        disabled: row.opt_int(13)?.map(Timestamp),
        created: Timestamp(row.int(14)?),
    })
}

fn read_session(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        account_id: row.int(0)?,
        factors: row.int(1)?,
        created: Timestamp(row.int(2)?),
        seen: Timestamp(row.int(3)?),
        login: row.text(4)?,
        display_name: row.text(5)?,
        facility_id: row.int(6)?,
        role: row.text(7)?,
        language: row.text(8)?,
        theme: row.text(9)?,
        single_keys: row.flag(10)?,
        disabled: row.opt_int(11)?.map(Timestamp),
        facility_code: row.text(12)?,
        facility_name: row.text(13)?,
        facility_short_name: row.text(14)?,
    })
}
