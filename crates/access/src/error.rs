//! What can go wrong in access, apart from a refusal, which is an answer and no error.

use crate::password::PasswordRule;
use store::StoreError;
use thiserror::Error;

/// An error of accounts, sessions or decisions.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The database.
    #[error("the database could not be asked")]
    Store(#[from] StoreError),
    /// A new password against the rule.
    #[error(transparent)]
    Password(#[from] PasswordRule),
    /// The present password that was given does not fit.
    #[error("the present password is wrong")]
    WrongPassword,
    /// The login is taken.
    #[error("login {0} is taken: choose another")]
    LoginTaken(String),
    /// The login is not one.
    #[error(
        "login {0} cannot be used: 3 to 64 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit"
    )]
    LoginMalformed(String),
    /// No such account.
    #[error("there is no account {0}: `musubi user list` shows them")]
    NoSuchAccount(String),
    /// No such facility.
    #[error("there is no facility {0}: `musubi facility list` shows them")]
    NoSuchFacility(String),
    /// A stored password hash, or hashing itself.
    #[error("password hash: {0}")]
    Hash(String),
    /// A stored secret of a second factor.
    #[error("second factor: {0}")]
    SecondFactor(String),
    /// A row that this version cannot read.
    #[error("account {account_id} has a {what} that this version does not know")]
    Unreadable {
        /// The account.
        account_id: i64,
        /// Which column.
        what: &'static str,
    },
}
