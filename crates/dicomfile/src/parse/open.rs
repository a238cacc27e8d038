//! What is open while a data set is read: items and sequences, the innermost last.

use crate::DataSet;
use crate::element::{Element, Value};
use crate::transfer_syntax::Encoding;
use dicom_core::{Tag, VR};

/// An open item, or an open sequence.
#[derive(Debug)]
pub(crate) struct Open {
    encoding: Encoding,
    end: Option<u64>,
    what: What,
}

#[derive(Debug)]
enum What {
    Item(Vec<Element>),
    Sequence { tag: Tag, items: Vec<DataSet>, is_unknown: bool },
}

impl Open {
    pub(crate) fn sequence(
        tag: Tag,
        encoding: Encoding,
        end: Option<u64>,
        is_unknown: bool,
    ) -> Open {
        Open { encoding, end, what: What::Sequence { tag, items: Vec::new(), is_unknown } }
    }
}

/// The root, and above it what is open.
#[derive(Debug)]
pub(crate) struct Stack {
    root: Vec<Element>,
    root_encoding: Encoding,
    root_end: Option<u64>,
    open: Vec<Open>,
}

impl Stack {
    pub(crate) fn new(encoding: Encoding, end: Option<u64>) -> Stack {
        Stack { root: Vec::new(), root_encoding: encoding, root_end: end, open: Vec::new() }
    }

    pub(crate) fn root_encoding(&self) -> Encoding {
        self.root_encoding
    }

    pub(crate) fn encode_root(&mut self, encoding: Encoding) {
        self.root_encoding = encoding;
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.open.last().map_or(self.root_encoding, |open| open.encoding)
    }

    /// Sequences that are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len().div_ceil(2)
    }

    pub(crate) fn is_in_sequence(&self) -> bool {
        matches!(self.open.last(), Some(Open { what: What::Sequence { .. }, .. }))
    }

    /// Whether the innermost sequence came as an unknown value representation.
    pub(crate) fn is_unknown(&self) -> bool {
        let is_unknown = |open: &Open| matches!(open.what, What::Sequence { is_unknown: true, .. });
        self.open.iter().any(is_unknown)
    }

    /// Where the innermost thing whose end is known ends: no value may reach beyond it. An inner
    /// end is never behind an outer one.
    pub(crate) fn end(&self) -> Option<u64> {
        self.open.iter().rev().find_map(|open| open.end).or(self.root_end)
    }

    pub(crate) fn push(&mut self, element: Element) {
        match self.open.last_mut() {
            Some(Open { what: What::Item(elements), .. }) => elements.push(element),
            Some(_) => {}
            None => self.root.push(element),
        }
    }

    pub(crate) fn push_open(&mut self, open: Open) {
        self.open.push(open);
    }

    pub(crate) fn open_item(&mut self, encoding: Encoding, end: Option<u64>) {
        self.open.push(Open { encoding, end, what: What::Item(Vec::new()) });
    }

    /// Closes everything that ends here.
    pub(crate) fn close_ended(&mut self, position: u64) {
        while self.open.last().is_some_and(|open| open.end.is_some_and(|end| end <= position)) {
            self.close();
        }
    }

    /// Closes the innermost thing.
    pub(crate) fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        match (closed.what, self.open.last_mut()) {
            (What::Item(elements), Some(Open { what: What::Sequence { items, .. }, .. })) => {
                items.push(DataSet::of(elements))
            }
            (What::Item(_), _) => {}
            (What::Sequence { tag, items, .. }, _) => {
                self.push(Element { tag, vr: VR::SQ, value: Value::Sequence(items) });
            }
        }
    }

    /// An item ends by its delimiter; one outside of any item is passed by.
    pub(crate) fn close_item(&mut self) {
        if !self.open.is_empty() {
            self.close();
        }
    }

    /// A sequence ends by its delimiter while an item is open: both end.
    pub(crate) fn close_sequence(&mut self) {
        if !self.open.is_empty() {
            self.close();
            self.close();
        }
    }

    pub(crate) fn finish(mut self) -> DataSet {
        while !self.open.is_empty() {
            self.close();
        }
        DataSet::of(self.root)
    }
}
