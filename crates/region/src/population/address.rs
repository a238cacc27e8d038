//! Addresses of an invented prefecture, in the ways that systems write them.

use crate::random::Random;

const CITIES: &[&str] =
    &["港市", "北浜市", "山手市", "中郷市", "東町", "西郷町", "南浜町", "川辺町", "森村", "高原町"];
const TOWNS: &[&str] = &[
    "中央",
    "桜",
    "南",
    "北",
    "東",
    "西",
    "山手",
    "本",
    "栄",
    "緑",
    "旭",
    "若葉",
    "大手",
    "浜",
    "川端",
    "上",
    "下",
    "元",
    "新",
    "幸",
    "末広",
    "寿",
    "松原",
    "竹下",
    "梅園",
    "城山",
    "宮前",
    "寺内",
    "駅前",
    "学園",
    "泉",
    "平和",
    "港",
    "湊",
    "日の出",
    "朝日",
    "夕日",
    "花園",
    "青葉",
    "富士見",
];

/// Where a household lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    city: usize,
    town: usize,
    numbers: [usize; 3],
    room: Option<usize>,
    /// Number at home.
    pub(super) telephone: String,
}

/// How a system writes addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressStyle {
    /// `鳥取県港市中央町１丁目２番３号`
    Full,
    /// `港市中央町1-2-3`
    Dashes,
    /// `鳥取県港市大字中央町１－２－３`, with the building.
    Building,
}

impl Home {
    /// A home; one of thirty in one of the large buildings, whose households share the numbers.
    pub(super) fn new(random: &mut Random) -> Home {
        let is_large = random.below(30) == 0;
        let [city, town] = [random.below(CITIES.len()), random.below(TOWNS.len())];
        let numbers = match is_large {
            true => [1, 1, 1 + random.below(3)],
            false => [1 + random.below(6), 1 + random.below(40), 1 + random.below(30)],
        };
        let room = (is_large || random.chance(15)).then(|| 101 + random.below(900));
        let telephone = format!(
            "0{}-{:02}-{:04}",
            [857, 858, 859, 852, 853, 854, 855, 856].get(city % 8).copied().unwrap_or(859),
            20 + random.below(79),
            random.below(10_000)
        );
        Home { city, town, numbers, room, telephone }
    }

    /// Seven digits.
    pub(super) fn postal_code(&self) -> String {
        format!("68{}-{:04}", self.city, 9_000 + self.town * 7)
    }

    /// The address on one line.
    pub(super) fn line(&self, style: AddressStyle) -> String {
        let city = CITIES.get(self.city).copied().unwrap_or_default();
        let town = TOWNS.get(self.town).copied().unwrap_or_default();
        let [block, lot, house] = self.numbers;
        match style {
            AddressStyle::Full => wide(&format!("鳥取県{city}{town}町{block}丁目{lot}番{house}号")),
            AddressStyle::Dashes => match self.room {
                Some(room) => format!("{city}{town}町{block}-{lot}-{house}-{room}"),
                None => format!("{city}{town}町{block}-{lot}-{house}"),
            },
            AddressStyle::Building => {
                let line = wide(&format!("鳥取県{city}大字{town}町{block}－{lot}－{house}"));
                match self.room {
                    Some(room) => format!("{line}　メゾン{town}{room}号室"),
                    None => line,
                }
            }
        }
    }
}

/// Digits in full width.
fn wide(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '0'..='9' => char::from_u32(u32::from(character) + 0xFEE0).unwrap_or(character),
            other => other,
        })
        .collect()
}
