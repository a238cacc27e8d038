//! The frame of every page: what `base.html` needs.

use crate::language::{Language, Texts, grouped};
use access::Viewer;
use model::entry::Category;
use std::fmt::Display;

/// Who is signed in, as the app bar shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignedIn {
    /// The account's name to show.
    pub name: String,
    /// The facility's name.
    pub facility: String,
    /// Whether single keys act.
    pub single_keys: bool,
    /// Which pages its duty opens.
    pub rooms: Rooms,
}

/// Which pages the duty of an account opens, for the app bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rooms {
    /// Patients' pages.
    pub patients: bool,
    /// Who is who.
    pub persons: bool,
    /// The review of record linkage.
    pub linkage: bool,
}

impl Rooms {
    /// Those of a viewer.
    pub fn of(viewer: &Viewer) -> Rooms {
        let desk = access::desk_scope(viewer);
        Rooms {
            patients: Category::ALL.iter().any(|kind| viewer.role.may_see(*kind)),
            persons: desk.is_open(),
            linkage: desk.reviews(),
        }
    }
}

/// Where an account begins that has no patients' pages.
pub const DESK: &str = "/ops/persons";

/// The frame of one page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// The page's language.
    pub language: Language,
    /// Name of the region; empty: the product's own words stand there.
    pub region: String,
    /// `light`, `dark`, or empty: as the system.
    pub theme: String,
    /// The signed-in account, if there is one.
    pub signed_in: Option<SignedIn>,
    /// The hidden token for forms.
    pub token: String,
    /// The page's own address with its query: where a language switch comes back to.
    pub here: String,
    /// The entry of the app bar to mark: `home`, `patients`, `persons`, `linkage`, `me` or nothing.
    pub section: &'static str,
}

impl Frame {
    /// What stands beside the product's name: the region's, so that nobody takes one for another.
    pub fn region(&self) -> String {
        if self.region.is_empty() { self.t("product-about") } else { self.region.clone() }
    }

    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.texts().get(key)
    }

    /// The text of a key with one variable.
    pub fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        self.texts().with(key, &[(name, value)])
    }

    /// The text of a key with a grouped number as `n`.
    pub fn tn(&self, key: &str, number: impl Display) -> String {
        self.texts().with(key, &[("n", &grouped(number))])
    }

    /// The text of a key with several variables.
    pub fn tv<'v>(&self, key: &str, variables: impl AsRef<[(&'static str, &'v str)]>) -> String {
        self.texts().with(key, variables.as_ref())
    }

    /// The texts of this page's language.
    pub fn texts(&self) -> Texts {
        Texts { language: self.language }
    }

    /// The class of `<html>`: a stored theme, else nothing.
    pub fn theme_class(&self) -> &'static str {
        match self.theme.as_str() {
            "dark" => "dark",
            "light" => "light",
            _ => "",
        }
    }

    /// Whether single keys act on this page.
    pub fn single_keys(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|account| account.single_keys)
    }
}
