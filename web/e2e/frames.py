"""Prints a DICOM file of pydicom's as DICOM JSON without its pixels, its transfer syntax, and its
frames as they are stored; nothing where the file is not installed."""

import base64
import json
import os
import sys

import pydicom
from pydicom.encaps import generate_frames


def find(name):
    folders = [os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")]
    try:
        import data_store

        folders.append(os.path.join(os.path.dirname(data_store.__file__), "data"))
    except ImportError:
        pass
    paths = [os.path.join(folder, name) for folder in folders]
    return next((path for path in paths if os.path.exists(path)), None)


def main(name):
    path = find(name)
    if path is None:
        return None
    data = pydicom.dcmread(path)
    count = int(data.get("NumberOfFrames", 1))
    if data.file_meta.TransferSyntaxUID.is_encapsulated:
        frames = list(generate_frames(data.PixelData, number_of_frames=count))
    else:
        size = len(data.PixelData) // count
        frames = [data.PixelData[at * size : (at + 1) * size] for at in range(count)]
    syntax = str(data.file_meta.TransferSyntaxUID)
    del data.PixelData
    encoded = [base64.b64encode(frame).decode() for frame in frames]
    return {"metadata": data.to_json_dict(), "syntax": syntax, "frames": encoded}


print(json.dumps(main(sys.argv[1])))
