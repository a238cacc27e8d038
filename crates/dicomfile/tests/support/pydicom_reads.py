"""Reads pydicom's and pydicom-data's files with pydicom, and says as JSON what it finds."""

import json
import pathlib
import sys
import warnings

import data_store
import pydicom
import pydicom.data
from pydicom.valuerep import PersonName

TEXT = {"SH", "LO", "UC", "ST", "LT", "UT", "PN"}


def text_of(element):
    value = element.value
    values = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    return "\\".join("" if one is None else str(one) for one in values)


def texts(data_set, path=""):
    found = {}
    for element in data_set:
        name = f"{path}{int(element.tag):08X}"
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                found.update(texts(item, f"{name}[{number}]"))
        elif element.VR in TEXT:
            found[name] = text_of(element)
    return found


def uid(data_set, keyword):
    value = data_set.get(keyword)
    return str(value) if value else None


def read(path, wants_texts):
    try:
        data_set = pydicom.dcmread(path, force=True)
        if wants_texts:
            data_set.decode()
            return {"texts": texts(data_set)}
        name = data_set.get("PatientName")
        return {
            "study": uid(data_set, "StudyInstanceUID"),
            "series": uid(data_set, "SeriesInstanceUID"),
            "instance": uid(data_set, "SOPInstanceUID"),
            "name": str(name) if isinstance(name, PersonName) else None,
        }
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    warnings.simplefilter("ignore")
    root = pathlib.Path(pydicom.__file__).parent / "data"
    charsets = sorted((root / "charset_files").glob("*.dcm"))
    others = [root / "test_files", pathlib.Path(data_store.__file__).parent / "data"]
    files = sorted(path for folder in others for path in folder.rglob("*") if path.is_file())
    told = {
        "charsets": {str(path): read(path, True) for path in charsets},
        "files": {str(path): read(path, False) for path in files},
    }
    json.dump(told, sys.stdout)


main()
