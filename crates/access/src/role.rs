//! What an account is for (security.md J4: least privilege by duty).

use model::entry::Category;
use serde::{Deserialize, Serialize};

/// The duty of an account; it bounds what any consent can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 医師: sees what consent opens to the facility.
    Doctor,
    /// 連携室職員: enrols patients and records consent; sees who a patient is, no clinical record.
    Staff,
    /// 運用担当者: sees sources, quarantine and accounts; of patients only who they are, to say
    /// which records are of one human ([`crate::desk_scope`]); no clinical record.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Role] = &[Role::Doctor, Role::Staff, Role::Operator];

    /// The stable name, as in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Doctor => "doctor",
            Role::Staff => "staff",
            Role::Operator => "operator",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// Whether this duty can need a kind of data at all, whatever consent says.
    pub fn may_see(self, category: Category) -> bool {
        match self {
            Role::Doctor => true,
            Role::Staff => category == Category::Patient,
            Role::Operator => false,
        }
    }
}

/// Who looks: the account, and the facility whose consent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The account.
    pub account_id: i64,
    /// The facility it belongs to.
    pub facility_id: i64,
    /// Its duty.
    pub role: Role,
}
