//! `musubi user …`: accounts of the pages.

use clap::Subcommand;

/// `musubi user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; prints its password, if none is given, and its second factor.
    #[command(
        after_help = "Example:\n  musubi user add sato --name '佐藤 恵' --facility 1312345678 --role doctor"
    )]
    Add {
        /// Sign-in name.
        login: String,
        /// Name shown on the pages.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Code of the facility the person works for.
        #[arg(long, value_name = "CODE")]
        facility: String,
        /// doctor, staff or operator.
        #[arg(long, value_name = "ROLE", default_value = "doctor")]
        role: String,
        /// Read the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the accounts with facility, role and state.
    #[command(after_help = "Example:\n  musubi user list")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lock an account for good and end its sessions.
    #[command(after_help = "Example:\n  musubi user disable sato")]
    Disable {
        /// Sign-in name.
        login: String,
    },
    /// Open a disabled account again, and one that too many attempts have locked.
    #[command(after_help = "Example:\n  musubi user enable sato")]
    Enable {
        /// Sign-in name.
        login: String,
    },
    /// Give an account another password, for whoever forgot it; ends its sessions and its lock.
    #[command(
        after_help = "Examples:\n  musubi user reset-password sato\n  musubi user reset-password sato --password-stdin < password"
    )]
    ResetPassword {
        /// Sign-in name.
        login: String,
        /// Read the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give an account another second factor, for whoever lost the telephone; ends its sessions.
    #[command(after_help = "Example:\n  musubi user reset-second-factor sato")]
    ResetSecondFactor {
        /// Sign-in name.
        login: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the one-time code of the present half minute, given the secret of `user add`.
    #[command(after_help = "Example:\n  musubi user code JBSWY3DPEHPK3PXP…")]
    Code {
        /// The secret in base32.
        secret: String,
    },
}
