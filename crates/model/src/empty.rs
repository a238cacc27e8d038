//! What need not be written: most fields of most facts were never sent.

use crate::code::Coded;

pub(crate) trait Empty {
    fn is_empty(&self) -> bool;
}

impl Empty for String {
    fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

impl<T> Empty for Vec<T> {
    fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl<T> Empty for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl Empty for Coded {
    fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

impl Empty for bool {
    fn is_empty(&self) -> bool {
        !*self
    }
}
