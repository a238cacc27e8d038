//! Drugs with HOT9 and YJ codes, usages, injections.

/// One drug.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drug {
    pub(crate) hot9: &'static str,
    pub(crate) yj: &'static str,
    pub(crate) local: &'static str,
    pub(crate) name: &'static str,
    /// MERIT-9 unit, code and text.
    pub(crate) unit: [&'static str; 2],
    /// Single dose.
    pub(crate) dose: i64,
    pub(crate) usage: &'static Usage,
}

/// A usage of JAMI's table, with how often a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
    pub(crate) times: i64,
}

const ONCE: Usage =
    Usage { code: "1011000400000000", text: "内服・経口・１日１回朝食後", times: 1 };
const TWICE: Usage =
    Usage {
        code: "1012040400000000", text: "内服・経口・１日２回朝夕食後", times: 2
    };
const THRICE: Usage =
    Usage {
        code: "1013044400000000", text: "内服・経口・１日３回朝昼夕食後", times: 3
    };

macro_rules! drugs {
    ($($name:ident $hot9:literal $yj:literal $local:literal $text:literal
       [$unit:literal, $unit_text:literal] $dose:literal $usage:ident;)+) => {
        $(pub(crate) const $name: Drug = Drug {
            hot9: $hot9,
            yj: $yj,
            local: $local,
            name: $text,
            unit: [$unit, $unit_text],
            dose: $dose,
            usage: &$usage,
        };)+
    };
}

drugs! {
    AMLODIPINE "117003101" "2171022F4010" "M0101" "アムロジピンＯＤ錠５ｍｇ" ["TAB", "錠"] 1 ONCE;
    TELMISARTAN "115207002" "2149042F2010" "M0102" "テルミサルタン錠４０ｍｇ" ["TAB", "錠"] 1 ONCE;
    METFORMIN "119907501" "3962002F2019" "M0201" "メトホルミン塩酸塩錠２５０ｍｇ" ["TAB", "錠"] 1 TWICE;
    SITAGLIPTIN "119387801" "3969010F2010" "M0202" "シタグリプチン錠５０ｍｇ" ["TAB", "錠"] 1 ONCE;
    ROSUVASTATIN "116395301" "2189017F1014" "M0301" "ロスバスタチン錠２．５ｍｇ" ["TAB", "錠"] 1 ONCE;
    FEBUXOSTAT "121035501" "3949003F1014" "M0401" "フェブキソスタット錠１０ｍｇ" ["TAB", "錠"] 1 ONCE;
    WARFARIN "105293601" "3332001F1016" "M0501" "ワルファリンＫ錠１ｍｇ" ["TAB", "錠"] 2 ONCE;
    LANSOPRAZOLE "114158101" "2329023F1012" "M0601" "ランソプラゾールＯＤ錠１５ｍｇ" ["TAB", "錠"] 1 ONCE;
    FERROUS "103612801" "3222013F1017" "M0701" "クエン酸第一鉄Ｎａ錠５０ｍｇ" ["TAB", "錠"] 1 TWICE;
    CARBOCISTEINE "102236301" "2233002F1018" "M0801" "カルボシステイン錠５００ｍｇ" ["TAB", "錠"] 1 THRICE;
    ACETAMINOPHEN "100216701" "1141007F1012" "M0901" "アセトアミノフェン錠２００ｍｇ" ["TAB", "錠"] 2 THRICE;
    REBAMIPIDE "110842601" "2329021F1013" "M0602" "レバミピド錠１００ｍｇ" ["TAB", "錠"] 1 THRICE;
}

/// A component of an injection: HOT9, YJ, local code, name, unit.
pub(crate) type Component = [&'static str; 6];

/// The base solutions.
pub(crate) const SOLUTIONS: &[Component] = &[
    ["107750602", "3319534A5012", "I0101", "維持液３号５００ｍＬ", "HON", "本"],
    ["107511301", "3311402A5017", "I0102", "生理食塩液５００ｍＬ", "HON", "本"],
];

/// What is added to them.
pub(crate) const ADDITIVES: &[Component] = &[
    ["105138001", "3321401A2011", "I0201", "カルバゾクロム注５０ｍｇ", "AMP", "管"],
    ["111348601", "6132424F1013", "I0202", "セフトリアキソン静注用１ｇ", "VIL", "瓶"],
];
