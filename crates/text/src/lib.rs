//! Character sets, kana, variants, search keys: bytes in, text with a verdict out.
