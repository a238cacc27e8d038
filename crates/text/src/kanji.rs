//! Variants of kanji in names: folded together for search, direct edges for linkage.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Characters that are searched for as one, in groups; the first of a group stands for it.
///
/// Direct variants only: traditional and simplified forms, and forms of family registers. What a
/// closure over variants would add (恵 and 慧, 弘 and 宏, 広 and 庵) are other names. 斎 and 斉 are
/// different characters by origin and still one group: who searches types either. Evidence that
/// two records are one person is another matter: there 髙 and 高 are alike, not equal.
const GROUPS: &str = "\
    高髙 崎﨑嵜㟢碕 辺邊邉 斎齋斉齊 浜濱濵 広廣 沢澤 島嶋嶌 国國圀 吉𠮷 \
    真眞 恵惠 寿壽 徳德 桜櫻 滝瀧 竜龍 桧檜 館舘 富冨 槙槇 曽曾 柳栁桺 \
    栄榮 関關 黒黑 剣劍剱劔釼 鉄鐵銕 条條 桑桒 蔵藏 渋澁澀 頼賴 瀬瀨 篭籠 \
    峰峯 磯礒 秋穐龝 亀龜 渕淵渊 弥彌 実實 学學斈 円圓 応應 芦蘆 薗園 \
    駅驛 塩鹽 横橫 温溫 歳歲 緑綠 穂穗 静靜 鶴靏靍 萬万 豊豐 麦麥 麹麴 \
    黄黃 芸藝 来來 当當 尭堯 遥遙 尚尙 晃晄 亜亞 総總 壮壯 巌巖 清淸 \
    青靑 鴎鷗 蛍螢 茎莖 草艸 荘莊 薫薰 覚覺 観觀 誉譽 譲讓 軽輕 郎郞 \
    鋭銳 録錄 鎮鎭 闘鬪 霊靈 勲勳 郷鄕 児兒 両兩 処處 凜凛 刈苅 勧勸 \
    医醫 団團 囲圍 図圖 塁壘 壱壹弌 変變 奥奧 妍姸 姉姊 嬢孃 宝寶 寛寬 \
    専專 将將 対對 岳嶽 峡峽 巣巢 帯帶 帰歸 庁廳 廃廢 弐貳 弾彈 彦彥 \
    径徑 従從 恒恆 悦悅 恋戀 戸戶 払拂 抜拔 拡擴 挙擧 捜搜 揺搖 摂攝 \
    数數 断斷 旧舊 昼晝 暁曉 暦曆 会會 杯盃 松枩柗 枡桝 柏栢 栃杤 桟棧 \
    検檢 楼樓 楽樂 様樣 権權 欧歐 歓歡 歩步 殻殼 毎每 気氣 浄淨 浅淺 \
    涛濤 渓溪 満滿 点點 為爲 焼燒 煕熙熈 狭狹 献獻 瑶瑤 畳疊 発發 盗盜 \
    県縣 研硏 祢禰 禅禪 礼禮 稲稻 称稱 穣穰 窓窗 粋粹 粛肅 糸絲 経經 \
    絵繪 継繼 続續 縁緣 縄繩 聡聰 聴聽 肇肈 舎舍 虎乕 衛衞 装裝 触觸 \
    証證 読讀 謡謠 賛贊 転轉 辞辭 釈釋 野埜 鈎鉤 銭錢 錬鍊 険險 随隨 \
    隠隱 雑雜 面靣 須湏 顔顏 顕顯 駆驅 髄髓 鯵鰺 鴬鶯 鶏鷄 齢齡 仏佛 \
    仮假 伝傳 体體 価價 倹儉 偽僞 冊册 剰剩 効效 労勞 励勵 厳嚴 参參 \
    双雙 収收 叙敍 唖啞 単單 営營 噛嚙 圧壓 塔墖 売賣 壊壞 壌壤 声聲 \
    夢梦 奨奬 姫姬 寝寢 尽盡 届屆 岡崗 峨峩 床牀 強强 徴徵 戦戰 戯戲 \
    担擔 拝拜 拠據 択擇 撃擊 昂昻 映暎 晋晉 本夲 杉杦 村邨 氷冰 湾灣 \
    炉爐 爾尓 獣獸 瓶甁 産產 痩瘦 稚穉 竈竃 船舩 艶艷 薮藪 虫蟲 蝉蟬 \
    讃讚 韮韭 与與 巻卷 増增 乗乘 亘亙 侠俠 啓啟 昇曻 土圡 丈𠀋 橋𣘺 \
    沖冲 涼凉 灯燈 卯夘";

/// Groups of [`GROUPS`] that hold more than one character by origin, taken apart: between the
/// parts there is confusion, no variant. 斎 and 斉 are two names in a register.
const ORIGINS: &str = "斎齋 斉齊 凜 凛 晃 晄 遥遙 昂 昻 須 湏 仮假 穐龝 秋";

/// Characters that are no variants of one another and are still written for one another.
const CONFUSED: &str = "己巳已 藤籐 萩荻 祐裕 佑祐 太大 諒涼";

/// How two characters at the same place of two names are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kinship {
    /// One character.
    Same,
    /// Forms of one character: 髙 and 高.
    Variant,
    /// Different characters that are written for one another: 斎 and 斉.
    Similar,
    /// Neither.
    Other,
}

/// How two characters are related. Direct edges only: two variants of a third are not variants.
pub fn kinship(one: char, other: char) -> Kinship {
    if one == other {
        return Kinship::Same;
    }
    let folded = |character| *FOLDED.get(&character).unwrap_or(&character);
    if folded(one) == folded(other) {
        let origin = |character| ORIGIN.get(&character);
        return match origin(one) == origin(other) {
            true => Kinship::Variant,
            false => Kinship::Similar,
        };
    }
    let confused = |group: &str| group.contains(one) && group.contains(other);
    match CONFUSED.split_whitespace().any(confused) {
        true => Kinship::Similar,
        false => Kinship::Other,
    }
}

/// Which part of [`ORIGINS`] a character stands in.
static ORIGIN: LazyLock<HashMap<char, usize>> = LazyLock::new(|| {
    let parts = ORIGINS.split_whitespace().enumerate();
    parts.flat_map(|(at, part)| part.chars().map(move |character| (character, at))).collect()
});

static FOLDED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let members = |group: &'static str| {
        let first = group.chars().next();
        group.chars().skip(1).filter_map(move |variant| Some((variant, first?)))
    };
    GROUPS.split_whitespace().flat_map(members).collect()
});

/// A key with every variant as the character that stands for its group. For search alone: what
/// it makes equal is not the same name.
pub fn fold_variants(key: &str) -> String {
    key.chars().map(|character| *FOLDED.get(&character).unwrap_or(&character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn edges_are_direct_and_symmetric() {
        for (one, other, expected) in [
            ('髙', '高', Kinship::Variant),
            ('邊', '邉', Kinship::Variant),
            ('斎', '齋', Kinship::Variant),
            ('齊', '斉', Kinship::Variant),
            ('斎', '斉', Kinship::Similar),
            ('齋', '齊', Kinship::Similar),
            ('凜', '凛', Kinship::Similar),
            ('恵', '慧', Kinship::Other),
            ('弘', '宏', Kinship::Other),
            ('広', '庵', Kinship::Other),
            ('山', '川', Kinship::Other),
            ('山', '山', Kinship::Same),
        ] {
            assert_eq!(kinship(one, other), expected, "{one} {other}");
            assert_eq!(kinship(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_character_stands_in_one_group_and_survives_normalisation() {
        let mut seen = HashSet::new();
        for group in GROUPS.split_whitespace() {
            assert!(group.chars().count() > 1, "{group}");
            for character in group.chars() {
                assert!(seen.insert(character), "{character} stands twice");
                let kept: String = character.nfkc().collect();
                assert_eq!(kept, character.to_string(), "{group}: keys are folded before");
            }
        }
    }
}
