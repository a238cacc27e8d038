//! Fields, repetitions, components and subcomponents: spans of the decoded text.
//!
//! `text()` takes escape sequences apart; of the explicit null (`""`, "delete the value") it
//! gives an empty text, which `is_null()` tells from "unknown".

use crate::escape::unescape;
use crate::message::Syntax;
use crate::segment::part;
use std::borrow::Cow;

macro_rules! span {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a> {
            raw: &'a str,
            syntax: &'a Syntax,
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(raw: &'a str, syntax: &'a Syntax) -> $name<'a> {
                $name { raw, syntax }
            }

            /// As received, decoded, with delimiters and escapes.
            pub fn raw(&self) -> &'a str {
                self.raw
            }

            /// Whether nothing was sent: the value is unknown.
            pub fn is_empty(&self) -> bool {
                self.raw.is_empty()
            }

            /// Whether the explicit null was sent: the value is to be deleted.
            pub fn is_null(&self) -> bool {
                self.raw == "\"\""
            }

            /// The whole of it with escapes taken apart; empty for the explicit null.
            pub fn text(&self) -> Cow<'a, str> {
                if self.is_null() {
                    return Cow::Borrowed("");
                }
                unescape(self.raw, &self.syntax.separators, self.syntax.set)
            }
        }
    };
}

span! {
    /// A field with all its repetitions.
    Field
}
span! {
    /// One repetition of a field.
    Repetition
}
span! {
    /// A component.
    Component
}
span! {
    /// A subcomponent.
    Subcomponent
}

impl<'a> Field<'a> {
    /// Its repetitions; none where the field is empty.
    pub fn repetitions(&self) -> impl Iterator<Item = Repetition<'a>> + use<'a> {
        let syntax = self.syntax;
        let present = (!self.raw.is_empty()).then_some(self.raw);
        present
            .into_iter()
            .flat_map(move |raw| raw.split(syntax.separators.repetition))
            .map(move |raw| Repetition::new(raw, syntax))
    }

    /// The first repetition; an empty one where the field is empty.
    pub fn first(&self) -> Repetition<'a> {
        let raw = part(self.raw, self.syntax.separators.repetition, 0, u64::MAX);
        Repetition::new(raw, self.syntax)
    }

    /// Component `number` (from 1) of the first repetition.
    pub fn component(&self, number: u32) -> Component<'a> {
        self.first().component(number)
    }
}

impl<'a> Repetition<'a> {
    /// Component `number`, from 1; a missing one is empty.
    pub fn component(&self, number: u32) -> Component<'a> {
        let raw = match number.checked_sub(1) {
            Some(at) => part(self.raw, self.syntax.separators.component, at, u64::MAX),
            None => "",
        };
        Component::new(raw, self.syntax)
    }

    /// Every component.
    pub fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {
        let syntax = self.syntax;
        self.raw.split(syntax.separators.component).map(move |raw| Component::new(raw, syntax))
    }
}

impl<'a> Component<'a> {
    /// Subcomponent `number`, from 1; a missing one is empty.
    pub fn subcomponent(&self, number: u32) -> Subcomponent<'a> {
        let raw = match number.checked_sub(1) {
            Some(at) => part(self.raw, self.syntax.separators.subcomponent, at, u64::MAX),
            None => "",
        };
        Subcomponent::new(raw, self.syntax)
    }

    /// Every subcomponent.
    pub fn subcomponents(&self) -> impl Iterator<Item = Subcomponent<'a>> + use<'a> {
        let syntax = self.syntax;
        self.raw
            .split(syntax.separators.subcomponent)
            .map(move |raw| Subcomponent::new(raw, syntax))
    }
}
