"""Names that nobody here chose (Faker), encoded by Python's codecs: one JSON object a line."""

import json
import sys
import unicodedata

from faker import Faker

COUNT = int(sys.argv[1])

HALF = {}
for point in range(0xFF61, 0xFFA0):
    HALF[unicodedata.normalize("NFKC", chr(point))] = chr(point)
for base in list(HALF):
    for mark, half in (("\u3099", "\uFF9E"), ("\u309A", "\uFF9F")):
        voiced = unicodedata.normalize("NFC", base + mark)
        if len(voiced) == 1 and voiced != base:
            HALF[voiced] = HALF[base] + half


def half_width(kana):
    return "".join(HALF[character] for character in kana)


class Japanese:
    def __init__(self):
        self.fake = Faker("ja_JP")
        Faker.seed(20260823)

    def name(self):
        family, given = self.fake.last_name_pair(), self.fake.first_name_pair()
        return {
            "kanji": f"{family[0]}^{given[0]}",
            "kana": f"{family[1]}^{given[1]}",
            "half": f"{half_width(family[1])}^{half_width(given[1])}",
        }

    def case(self, form):
        patient, doctor = self.name(), self.name()
        patient["half=kanji"] = f"{patient['half']}={patient['kanji']}"
        doctor["half=kanji"] = f"{doctor['half']}={doctor['kanji']}"
        company = self.fake.company()
        is_name = form != "company"
        return {
            "vr": "PN" if is_name else "LO",
            "text": patient[form] if is_name else company,
            "known": [patient["kanji"], patient["kana"]],
            "institution": self.fake.company(),
            "doctor": doctor[form] if is_name else doctor["kanji"],
            "patient": patient[form] if is_name else patient["kanji"],
        }


class Foreign:
    def __init__(self, locales):
        self.fakes = [Faker(locale) for locale in locales]
        self.turn = 0

    def case(self, _form):
        self.turn += 1
        fake = self.fakes[self.turn % len(self.fakes)]

        def name():
            return f"{fake.last_name()}^{fake.first_name()}"

        text = name()
        while text.isascii():
            text = name()
        return {
            "vr": "PN",
            "text": text,
            "known": [text],
            "institution": fake.company(),
            "doctor": name(),
            "patient": text,
        }


def escaped(text, first):
    """ISO 2022: kanji by JIS X 0208, what is half-width by ISO-IR 13 in the upper half."""
    out = b""
    for part in text.replace("=", "^=^").split("^"):
        if part == "=":
            out = out[:-1] + b"="
            continue
        is_half = all(0xFF61 <= ord(character) <= 0xFF9F for character in part)
        if is_half and first:
            out += part.encode("cp932") + b"^"
        else:
            out += part.encode("iso2022_jp") + b"^"
    return out[:-1]


def codec(name):
    def encode(text):
        raw = text.encode(name)
        if raw.decode(name) != text:
            raise UnicodeError(text)
        return raw

    return encode


ROWS = [
    ("Shift_JIS", "kanji", codec("cp932"), Japanese),
    ("Shift_JIS", "kana", codec("cp932"), Japanese),
    ("Shift_JIS", "half", codec("cp932"), Japanese),
    ("Shift_JIS", "half=kanji", codec("cp932"), Japanese),
    ("Shift_JIS", "company", codec("cp932"), Japanese),
    ("UTF-8", "kanji", codec("utf-8"), Japanese),
    ("UTF-8", "kana", codec("utf-8"), Japanese),
    ("UTF-8", "half", codec("utf-8"), Japanese),
    ("UTF-8", "company", codec("utf-8"), Japanese),
    ("EUC-JP", "kanji", codec("euc_jp"), Japanese),
    ("EUC-JP", "kana", codec("euc_jp"), Japanese),
    ("EUC-JP", "half", codec("euc_jp"), Japanese),
    ("EUC-JP", "company", codec("euc_jp"), Japanese),
    ("ISO 2022 IR 87", "kanji", lambda text: escaped(text, False), Japanese),
    ("IR 13 and IR 87", "half=kanji", lambda text: escaped(text, True), Japanese),
    ("Latin-1", "de fr es", codec("latin-1"), lambda: Foreign(["de_DE", "fr_FR", "es_ES"])),
    ("UTF-8", "de fr es", codec("utf-8"), lambda: Foreign(["de_DE", "fr_FR", "es_ES"])),
    ("ISO 8859-7", "Greek", codec("iso8859-7"), lambda: Foreign(["el_GR"])),
    ("ISO 8859-5", "Russian", codec("iso8859-5"), lambda: Foreign(["ru_RU"])),
    ("UTF-8", "Russian", codec("utf-8"), lambda: Foreign(["ru_RU"])),
    ("EUC-KR", "Korean", codec("euc_kr"), lambda: Foreign(["ko_KR"])),
    ("GB 18030", "Chinese", codec("gb18030"), lambda: Foreign(["zh_CN"])),
]

ENCODED = ("institution", "doctor", "patient")


def main():
    for coding, form, encode, maker in ROWS:
        source = maker()
        Faker.seed(f"{coding} {form}")
        made = 0
        while made < COUNT:
            case = source.case(form)
            try:
                line = {key: encode(case[key]).hex() for key in ENCODED}
            except UnicodeError:
                continue
            made += 1
            line["raw"] = encode(case["text"]).hex()
            line.update({key: case[key] for key in ("vr", "text", "known")})
            line.update({"coding": coding, "form": form})
            print(json.dumps(line))


main()
