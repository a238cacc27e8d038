//! Given names: put together from parts, so that one reading is written in many ways.

use crate::random::Random;

/// Writing and reading.
type Part = (&'static str, &'static str);

const MEN_WHOLE: &[Part] = &[
    ("誠", "マコト"),
    ("隆", "タカシ"),
    ("茂", "シゲル"),
    ("清", "キヨシ"),
    ("博", "ヒロシ"),
    ("浩", "ヒロシ"),
    ("実", "ミノル"),
    ("修", "オサム"),
    ("豊", "ユタカ"),
    ("勝", "マサル"),
    ("進", "ススム"),
    ("翔", "ショウ"),
    ("蓮", "レン"),
    ("勇", "イサム"),
    ("稔", "ミノル"),
    ("太郎", "タロウ"),
    ("一郎", "イチロウ"),
    ("健", "ケン"),
    ("孝", "タカシ"),
    ("剛", "ツヨシ"),
];
const MEN_FIRST: &[Part] = &[
    ("和", "カズ"),
    ("正", "マサ"),
    ("秀", "ヒデ"),
    ("義", "ヨシ"),
    ("健", "ケン"),
    ("孝", "タカ"),
    ("隆", "タカ"),
    ("博", "ヒロ"),
    ("浩", "ヒロ"),
    ("弘", "ヒロ"),
    ("裕", "ユウ"),
    ("祐", "ユウ"),
    ("幸", "ユキ"),
    ("良", "ヨシ"),
    ("明", "アキ"),
    ("昭", "アキ"),
    ("勝", "カツ"),
    ("克", "カツ"),
    ("信", "ノブ"),
    ("伸", "ノブ"),
    ("俊", "トシ"),
    ("敏", "トシ"),
    ("光", "ミツ"),
    ("康", "ヤス"),
    ("泰", "ヤス"),
    ("忠", "タダ"),
    ("直", "ナオ"),
    ("尚", "ナオ"),
    ("文", "フミ"),
    ("達", "タツ"),
    ("哲", "テツ"),
    ("輝", "テル"),
    ("政", "マサ"),
    ("雅", "マサ"),
    ("昌", "マサ"),
    ("英", "ヒデ"),
    ("一", "カズ"),
    ("邦", "クニ"),
    ("重", "シゲ"),
    ("武", "タケ"),
    ("晴", "ハル"),
    ("春", "ハル"),
    ("久", "ヒサ"),
    ("寿", "ヒサ"),
    ("元", "モト"),
    ("大", "ダイ"),
    ("翔", "ショウ"),
    ("祥", "ショウ"),
    ("章", "ショウ"),
    ("竜", "リュウ"),
    ("龍", "リュウ"),
    ("真", "マサ"),
];
const MEN_SECOND: &[Part] = &[
    ("夫", "オ"),
    ("雄", "オ"),
    ("男", "オ"),
    ("彦", "ヒコ"),
    ("之", "ユキ"),
    ("行", "ユキ"),
    ("也", "ヤ"),
    ("人", "ト"),
    ("樹", "キ"),
    ("司", "ジ"),
    ("二", "ジ"),
    ("治", "ジ"),
    ("次", "ジ"),
    ("三", "ゾウ"),
    ("一", "イチ"),
    ("介", "スケ"),
    ("輔", "スケ"),
    ("助", "スケ"),
    ("明", "アキ"),
    ("則", "ノリ"),
    ("徳", "ノリ"),
    ("典", "ノリ"),
    ("広", "ヒロ"),
    ("太", "タ"),
    ("平", "ヘイ"),
    ("斗", "ト"),
    ("志", "シ"),
    ("史", "シ"),
    ("郎", "ロウ"),
    ("太郎", "タロウ"),
];
const WOMEN_WHOLE: &[Part] = &[
    ("さくら", "サクラ"),
    ("恵", "メグミ"),
    ("愛", "アイ"),
    ("彩", "アヤ"),
    ("綾", "アヤ"),
    ("泉", "イズミ"),
    ("薫", "カオル"),
    ("香", "カオリ"),
    ("ひろみ", "ヒロミ"),
    ("めぐみ", "メグミ"),
    ("陽葵", "ヒマリ"),
    ("凛", "リン"),
    ("結衣", "ユイ"),
    ("ハル", "ハル"),
    ("キヨ", "キヨ"),
    ("みゆき", "ミユキ"),
    ("葵", "アオイ"),
    ("瞳", "ヒトミ"),
];
const WOMEN_FIRST: &[Part] = &[
    ("和", "カズ"),
    ("一", "カズ"),
    ("幸", "サチ"),
    ("節", "セツ"),
    ("洋", "ヨウ"),
    ("陽", "ヨウ"),
    ("美", "ミ"),
    ("久", "ヒサ"),
    ("由", "ユ"),
    ("恵", "ケイ"),
    ("智", "トモ"),
    ("友", "トモ"),
    ("知", "トモ"),
    ("明", "アキ"),
    ("千", "チ"),
    ("真", "マ"),
    ("麻", "マ"),
    ("直", "ナオ"),
    ("奈", "ナ"),
    ("里", "サト"),
    ("典", "ノリ"),
    ("紀", "ノリ"),
    ("裕", "ユウ"),
    ("優", "ユウ"),
    ("順", "ジュン"),
    ("淳", "ジュン"),
    ("京", "キョウ"),
    ("恭", "キョウ"),
    ("良", "ヨシ"),
    ("芳", "ヨシ"),
    ("淑", "ヨシ"),
    ("春", "ハル"),
    ("晴", "ハル"),
    ("文", "フミ"),
    ("史", "フミ"),
    ("道", "ミチ"),
    ("光", "ミツ"),
    ("雅", "マサ"),
    ("昌", "マサ"),
    ("英", "ヒデ"),
    ("敬", "ケイ"),
    ("弘", "ヒロ"),
    ("佐", "サ"),
    ("早", "サ"),
    ("亜", "ア"),
    ("綾", "アヤ"),
    ("静", "シズ"),
    ("澄", "スミ"),
    ("純", "ジュン"),
    ("貴", "タカ"),
    ("孝", "タカ"),
    ("百合", "ユリ"),
];
const WOMEN_SECOND: &[Part] = &[
    ("子", "コ"),
    ("美", "ミ"),
    ("代", "ヨ"),
    ("江", "エ"),
    ("恵", "エ"),
    ("枝", "エ"),
    ("香", "カ"),
    ("佳", "カ"),
    ("花", "カ"),
    ("奈", "ナ"),
    ("菜", "ナ"),
    ("乃", "ノ"),
    ("希", "キ"),
    ("紀", "キ"),
    ("里", "リ"),
    ("理", "リ"),
    ("莉", "リ"),
    ("穂", "ホ"),
    ("世", "ヨ"),
    ("実", "ミ"),
    ("未", "ミ"),
    ("衣", "イ"),
    ("美子", "ミコ"),
    ("津子", "ツコ"),
];

/// A given name: writing, reading, and the first part where there are two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GivenName {
    pub(super) writing: String,
    pub(super) reading: String,
}

/// A given name.
pub(super) fn given_name(random: &mut Random, is_woman: bool) -> GivenName {
    let [whole, first, second] = parts(is_woman);
    if random.chance(18) {
        return made(&[pick(random, whole)]);
    }
    made(&[pick(random, first), pick(random, second)])
}

/// The name of a twin: in a third with the first part of the other one's, in one of twenty read
/// like it and written otherwise.
pub(super) fn twin_name(random: &mut Random, other: &GivenName, is_woman: bool) -> GivenName {
    let [_, first, second] = parts(is_woman);
    let drawn = random.below(100);
    let alike = in_other_kanji(random, other, is_woman);
    if drawn < 5 && alike.writing != other.writing {
        return alike;
    }
    let shared = first.iter().find(|(writing, _)| other.writing.starts_with(writing));
    for _ in 0..8 {
        let name = match shared {
            Some(part) if drawn < 38 => made(&[*part, pick(random, second)]),
            _ => given_name(random, is_woman),
        };
        if name.writing != other.writing {
            return name;
        }
    }
    made(&[("二", "フタ"), ("葉", "バ")])
}

/// A name with the same reading in other kanji, where the parts know one.
pub(super) fn in_other_kanji(random: &mut Random, name: &GivenName, is_woman: bool) -> GivenName {
    let [_, first, second] = parts(is_woman);
    let mut found: Vec<GivenName> = Vec::new();
    for one in first {
        for other in second {
            let candidate = made(&[*one, *other]);
            if candidate.reading == name.reading && candidate.writing != name.writing {
                found.push(candidate);
            }
        }
    }
    random.pick(&found).cloned().unwrap_or_else(|| name.clone())
}

fn parts(is_woman: bool) -> [&'static [Part]; 3] {
    match is_woman {
        true => [WOMEN_WHOLE, WOMEN_FIRST, WOMEN_SECOND],
        false => [MEN_WHOLE, MEN_FIRST, MEN_SECOND],
    }
}

/// The best of two draws: what stands at the head of a list is more frequent.
fn pick(random: &mut Random, list: &[Part]) -> Part {
    let at = random.below(list.len()).min(random.below(list.len()));
    list.get(at).copied().unwrap_or(("花", "ハナ"))
}

fn made(parts: &[Part]) -> GivenName {
    GivenName {
        writing: parts.iter().map(|(writing, _)| *writing).collect(),
        reading: parts.iter().map(|(_, reading)| *reading).collect(),
    }
}
