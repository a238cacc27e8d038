//! RAD-69 placeholder
