//! Search keys.

use proptest::prelude::*;
use text::key::{fold_variants, kana_key, kana_loose_key, name_key, search_text};

#[test]
fn widths_blanks_selectors_and_dashes_fall_together() {
    assert_eq!(name_key("山田　太郎"), name_key("山田太郎"));
    assert_eq!(name_key("葛\u{E0100}城"), "葛城");
    assert_eq!(name_key("ＡＢｃ"), "abc");
    for dash in ["１－２", "1-2", "1‐2", "1−2", "1–2", "1—2", "1―2", "1ｰ2", "1─2", "1ー2"]
    {
        assert_eq!(name_key(dash), "1-2", "{dash}");
    }
    assert_ne!(name_key("髙橋"), name_key("高橋"), "variants stay apart");
}

#[test]
fn variants_of_kanji_fold_together_for_search_and_other_names_do_not() {
    for (one, other) in [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("齊藤", "斎藤"),
        ("濵田", "浜田"),
        ("濱田", "浜田"),
        ("廣澤", "広沢"),
        ("嶋", "島"),
        ("嶌", "島"),
        ("國男", "国男"),
        ("眞惠", "真恵"),
        ("壽", "寿"),
        ("𠮷田", "吉田"),
        ("德川", "徳川"),
    ] {
        assert_ne!(name_key(one), name_key(other), "{one}: names themselves stay apart");
        assert_eq!(fold_variants(&name_key(one)), fold_variants(&name_key(other)), "{one} {other}");
    }
    for (one, other) in [("恵", "慧"), ("弘", "宏"), ("広", "庵"), ("大阪", "大坂"), ("太", "大")]
    {
        assert_ne!(fold_variants(one), fold_variants(other), "{one} {other}");
    }
}

#[test]
fn kana_fold_to_large_full_width_katakana() {
    for spelling in ["ｶﾂﾞｺ", "カヅコ", "かづこ", "カツ゛コ", "カ ヅ コ"] {
        assert_eq!(kana_key(spelling), "カヅコ", "{spelling}");
    }
    assert_eq!(kana_key("ショウイチ"), kana_key("シヨウイチ"));
    assert_eq!(kana_key("オ－ノ"), "オーノ");
    assert_ne!(kana_key("カズコ"), kana_key("カヅコ"));
}

#[test]
fn sounds_fall_together_in_the_loose_key() {
    assert_eq!(kana_loose_key("オオノ"), kana_loose_key("オーノ"));
    assert_eq!(kana_loose_key("おうの"), kana_loose_key("オオノ"));
    assert_eq!(kana_loose_key("カズコ"), kana_loose_key("カヅコ"));
    assert_eq!(kana_loose_key("ヴァン"), kana_loose_key("バン"));
    assert_eq!(kana_loose_key("ユウコ"), kana_loose_key("ユーコ"));
    assert_eq!(kana_loose_key("ウエダ"), "ウエダ");
    assert_ne!(kana_loose_key("ハナコ"), kana_loose_key("ハルコ"));
}

#[test]
fn running_text_keeps_its_words() {
    assert_eq!(search_text("　ＣＴ　 検査\n(胸部) "), "ct 検査 (胸部)");
}

proptest! {
    #[test]
    fn keys_are_keys_of_themselves(text in "[ -~あ-んァ-ヶー一-龠ｦ-ﾟ　－゛゜]{0,30}") {
        for key_of in [name_key, kana_key, search_text] {
            let key = key_of(&text);
            prop_assert_eq!(key_of(&key), key);
        }
        let folded = fold_variants(&text);
        prop_assert_eq!(fold_variants(&folded), folded);
    }
}
