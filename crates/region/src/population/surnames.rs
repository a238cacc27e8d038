//! Family names: the common ones with their share, the rest put together from parts.

use crate::random::Random;

/// Writing, reading, people in 100,000 who have it.
const COMMON: &[(&str, &str, usize)] = &[
    ("佐藤", "サトウ", 1500),
    ("鈴木", "スズキ", 1430),
    ("高橋", "タカハシ", 1130),
    ("田中", "タナカ", 1070),
    ("伊藤", "イトウ", 860),
    ("渡辺", "ワタナベ", 850),
    ("山本", "ヤマモト", 840),
    ("中村", "ナカムラ", 830),
    ("小林", "コバヤシ", 820),
    ("加藤", "カトウ", 710),
    ("吉田", "ヨシダ", 660),
    ("山田", "ヤマダ", 650),
    ("佐々木", "ササキ", 530),
    ("山口", "ヤマグチ", 510),
    ("松本", "マツモト", 500),
    ("井上", "イノウエ", 490),
    ("木村", "キムラ", 460),
    ("林", "ハヤシ", 430),
    ("斎藤", "サイトウ", 430),
    ("斉藤", "サイトウ", 230),
    ("清水", "シミズ", 420),
    ("山崎", "ヤマザキ", 380),
    ("森", "モリ", 370),
    ("池田", "イケダ", 360),
    ("橋本", "ハシモト", 350),
    ("阿部", "アベ", 350),
    ("石川", "イシカワ", 330),
    ("山下", "ヤマシタ", 330),
    ("中島", "ナカジマ", 320),
    ("石井", "イシイ", 310),
    ("小川", "オガワ", 310),
    ("前田", "マエダ", 300),
    ("岡田", "オカダ", 290),
    ("長谷川", "ハセガワ", 290),
    ("藤田", "フジタ", 290),
    ("後藤", "ゴトウ", 280),
    ("近藤", "コンドウ", 280),
    ("村上", "ムラカミ", 270),
    ("遠藤", "エンドウ", 260),
    ("青木", "アオキ", 250),
    ("坂本", "サカモト", 250),
    ("福田", "フクダ", 240),
    ("太田", "オオタ", 230),
    ("大田", "オオタ", 40),
    ("西村", "ニシムラ", 230),
    ("藤井", "フジイ", 220),
    ("金子", "カネコ", 210),
    ("岡本", "オカモト", 210),
    ("藤原", "フジワラ", 210),
    ("中野", "ナカノ", 200),
    ("三浦", "ミウラ", 200),
    ("原田", "ハラダ", 200),
    ("中川", "ナカガワ", 200),
    ("松田", "マツダ", 190),
    ("竹内", "タケウチ", 190),
    ("小野", "オノ", 190),
    ("大野", "オオノ", 150),
    ("田村", "タムラ", 180),
    ("中山", "ナカヤマ", 170),
    ("和田", "ワダ", 170),
    ("石田", "イシダ", 170),
    ("上田", "ウエダ", 170),
    ("森田", "モリタ", 160),
    ("原", "ハラ", 160),
    ("浜田", "ハマダ", 110),
    ("渡部", "ワタナベ", 60),
    ("河野", "コウノ", 70),
    ("広瀬", "ヒロセ", 80),
    ("桜井", "サクライ", 150),
    ("沢田", "サワダ", 60),
    ("島田", "シマダ", 130),
    ("安倍", "アベ", 20),
    ("阿倍", "アベ", 10),
    ("吉岡", "ヨシオカ", 120),
    ("国分", "コクブ", 20),
    ("真田", "サナダ", 20),
];

/// First and second parts of the other names, the more frequent first.
const FIRST: &[(&str, &str)] = &[
    ("大", "オオ"),
    ("小", "コ"),
    ("中", "ナカ"),
    ("上", "ウエ"),
    ("高", "タカ"),
    ("西", "ニシ"),
    ("東", "ヒガシ"),
    ("北", "キタ"),
    ("南", "ミナミ"),
    ("松", "マツ"),
    ("竹", "タケ"),
    ("杉", "スギ"),
    ("藤", "フジ"),
    ("石", "イシ"),
    ("岩", "イワ"),
    ("水", "ミズ"),
    ("川", "カワ"),
    ("河", "カワ"),
    ("谷", "タニ"),
    ("岡", "オカ"),
    ("丘", "オカ"),
    ("森", "モリ"),
    ("宮", "ミヤ"),
    ("寺", "テラ"),
    ("内", "ウチ"),
    ("福", "フク"),
    ("富", "トミ"),
    ("永", "ナガ"),
    ("長", "ナガ"),
    ("平", "ヒラ"),
    ("広", "ヒロ"),
    ("安", "ヤス"),
    ("吉", "ヨシ"),
    ("古", "フル"),
    ("新", "アラ"),
    ("荒", "アラ"),
    ("今", "イマ"),
    ("白", "シラ"),
    ("黒", "クロ"),
    ("赤", "アカ"),
    ("秋", "アキ"),
    ("坂", "サカ"),
    ("浜", "ハマ"),
    ("島", "シマ"),
    ("関", "セキ"),
    ("沢", "サワ"),
    ("滝", "タキ"),
    ("柳", "ヤナギ"),
    ("桜", "サクラ"),
    ("梅", "ウメ"),
    ("栗", "クリ"),
    ("菊", "キク"),
    ("堀", "ホリ"),
    ("金", "カネ"),
    ("玉", "タマ"),
    ("星", "ホシ"),
    ("神", "カミ"),
    ("久", "ク"),
    ("三", "ミ"),
    ("村", "ムラ"),
];
const SECOND: &[(&str, &str)] = &[
    ("田", "タ"),
    ("川", "カワ"),
    ("山", "ヤマ"),
    ("村", "ムラ"),
    ("野", "ノ"),
    ("本", "モト"),
    ("井", "イ"),
    ("沢", "サワ"),
    ("島", "シマ"),
    ("崎", "サキ"),
    ("原", "ハラ"),
    ("口", "クチ"),
    ("木", "キ"),
    ("橋", "ハシ"),
    ("谷", "タニ"),
    ("岡", "オカ"),
    ("塚", "ツカ"),
    ("林", "バヤシ"),
    ("瀬", "セ"),
    ("浦", "ウラ"),
    ("尾", "オ"),
    ("下", "シタ"),
    ("部", "ベ"),
    ("辺", "ベ"),
    ("森", "モリ"),
    ("池", "イケ"),
    ("内", "ウチ"),
    ("倉", "クラ"),
    ("津", "ツ"),
    ("城", "シロ"),
    ("戸", "ト"),
    ("間", "マ"),
    ("地", "チ"),
    ("見", "ミ"),
    ("江", "エ"),
    ("垣", "ガキ"),
    ("杉", "スギ"),
    ("松", "マツ"),
    ("宮", "ミヤ"),
    ("坂", "サカ"),
    ("沼", "ヌマ"),
    ("脇", "ワキ"),
    ("窪", "クボ"),
    ("屋", "ヤ"),
    ("根", "ネ"),
    ("波", "ナミ"),
    ("畑", "ハタ"),
    ("浜", "ハマ"),
];

/// Forms that family registers have of common characters.
const REGISTER_FORMS: &[(char, &[char])] = &[
    ('高', &['髙']),
    ('崎', &['﨑']),
    ('辺', &['邊', '邉']),
    ('斎', &['齋']),
    ('斉', &['齊']),
    ('浜', &['濱', '濵']),
    ('沢', &['澤']),
    ('島', &['嶋']),
    ('広', &['廣']),
    ('国', &['國']),
    ('桜', &['櫻']),
    ('吉', &['𠮷']),
    ('真', &['眞']),
    ('滝', &['瀧']),
    ('関', &['關']),
    ('富', &['冨']),
    ('柳', &['栁']),
    ('瀬', &['瀨']),
];

/// A family name: writing and reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surname {
    pub(super) writing: String,
    pub(super) reading: String,
}

/// A family name as a family register has it, in a fifth with forms of its own.
pub(super) fn surname(random: &mut Random) -> Surname {
    let mut drawn = random.below(100_000);
    let common = COMMON.iter().find(|(_, _, share)| {
        let is_here = drawn < *share;
        drawn = drawn.wrapping_sub(*share);
        is_here
    });
    let (writing, reading) = match common {
        Some((writing, reading, _)) => ((*writing).to_owned(), (*reading).to_owned()),
        None => composed(random),
    };
    let is_formed = random.chance(20);
    let formed = writing
        .chars()
        .map(|character| match register_forms(character) {
            Some(forms) if is_formed => random.pick(forms).copied().unwrap_or(character),
            _ => character,
        })
        .collect();
    Surname { writing: formed, reading }
}

/// The common form of a character that a register has its own form of.
pub(super) fn common_form(character: char) -> Option<char> {
    REGISTER_FORMS.iter().find(|(_, forms)| forms.contains(&character)).map(|(common, _)| *common)
}

fn register_forms(character: char) -> Option<&'static [char]> {
    REGISTER_FORMS.iter().find(|(common, _)| *common == character).map(|(_, forms)| *forms)
}

fn composed(random: &mut Random) -> (String, String) {
    let mut part = |list: &'static [(&'static str, &'static str)]| {
        // The better of two draws: names at the head of a list are about twice as frequent.
        let at = random.below(list.len()).min(random.below(list.len()));
        list.get(at).copied().unwrap_or(("田", "タ"))
    };
    let (first, second) = (part(FIRST), part(SECOND));
    let second = if first.0 == second.0 { ("田", "タ") } else { second };
    (format!("{}{}", first.0, second.0), format!("{}{}", first.1, second.1))
}
