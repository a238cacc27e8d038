"""An independent reading of the laboratory results of an SS-MIX2 storage.

Written against the guideline alone, with nothing of Musubi in it: walks the storage, decodes each
OML-11 file line by line, splits at the separators, and prints one JSON line per result with a
value: patient, care date, order key, segment index, item code, value, unit, range, flag, status.
"""

import json
import pathlib
import sys


def unescape(text):
    for escape, plain in (("\\F\\", "|"), ("\\S\\", "^"), ("\\T\\", "&"), ("\\R\\", "~"), ("\\E\\", "\\")):
        text = text.replace(escape, plain)
    return text


def part(field, number):
    components = field.split("~")[0].split("^")
    return unescape(components[number - 1]) if len(components) >= number else ""


def unit(field):
    """The code of a unit; `10^4/uL^10^4/uL^99XYZ` writes its powers with the separator itself."""
    parts = [unescape(one) for one in field.split("^")]
    half = (len(parts) - 1) // 2
    if len(parts) % 2 == 1 and half > 1 and parts[:half] == parts[half : 2 * half]:
        return "^".join(parts[:half])
    return parts[0]


def results(path):
    raw = path.read_bytes()
    lines = [line for line in raw.replace(b"\r", b"\n").split(b"\n") if line.strip(b"\x1c\x0b\x00")]
    collected = ""
    for index, line in enumerate(lines):
        fields = line.decode("iso2022_jp").split("|")
        field = lambda number: fields[number] if len(fields) > number else ""
        if fields[0] == "SPM":
            collected = field(17).split("^")[0]
        if fields[0] == "OBX":
            yield {
                "index": index,
                "code": part(field(3), 1),
                "value": unescape(field(5)) if field(2) != "CWE" else part(field(5), 2) or part(field(5), 1),
                "unit": unit(field(6)),
                "range": unescape(field(7)),
                "flag": field(8),
                "status": field(11),
                "collected": collected,
            }


def main(root):
    for path in sorted(pathlib.Path(root).rglob("*_OML-11_*_1")):
        if not path.is_file():
            continue
        patient, care_date, _, order_key, _, _, _ = path.name.split("_")
        for result in results(path):
            print(json.dumps({"patient": patient, "care_date": care_date, "order": order_key, **result}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
