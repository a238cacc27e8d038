//! The codings that text of DICOM objects comes in, declared or not.

use serde::{Deserialize, Serialize};

/// How the bytes of one value are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// Seven bits without escape sequences (ISO-IR 6).
    Ascii,
    /// Code extensions by escape sequences (PS3.5 6.1.2.5), from the initial sets declared.
    Iso2022,
    /// Latin alphabet No. 1 (ISO-IR 100).
    Latin1,
    /// Latin alphabet No. 2 (ISO-IR 101).
    Latin2,
    /// Latin alphabet No. 3 (ISO-IR 109).
    Latin3,
    /// Latin alphabet No. 4 (ISO-IR 110).
    Latin4,
    /// Cyrillic (ISO-IR 144).
    Cyrillic,
    /// Arabic (ISO-IR 127).
    Arabic,
    /// Greek (ISO-IR 126).
    Greek,
    /// Hebrew (ISO-IR 138).
    Hebrew,
    /// Latin alphabet No. 5 (ISO-IR 148).
    Latin5,
    /// Latin alphabet No. 9 (ISO-IR 203).
    Latin9,
    /// Thai, TIS 620 (ISO-IR 166).
    Thai,
    /// Half-width katakana beside ASCII (ISO-IR 13).
    Katakana,
    /// Korean, KS X 1001 above ASCII (ISO-IR 149).
    EucKr,
    /// Chinese, GB 2312 above ASCII (ISO-IR 58).
    Gb2312,
    /// UTF-8 (ISO_IR 192).
    Utf8,
    /// GB 18030.
    Gb18030,
    /// GBK.
    Gbk,
    /// Microsoft's code page 932; never declared, often sent.
    Cp932,
    /// EUC-JP; never declared.
    EucJp,
}
