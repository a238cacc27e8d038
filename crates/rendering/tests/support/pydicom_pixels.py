"""What pydicom, numpy and its decoders make of every file that pydicom brings.

Arguments: a folder for the pixels. For each frame looked at a file of 32-bit numbers stands in it;
standard output is a JSON object of all files.
"""

import json
import pathlib
import sys
import warnings

import data_store
import numpy
import pydicom
import pydicom.data
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array

warnings.simplefilter("ignore")

OTHERS = (".txt", ".dump", ".json", ".icc", ".gz", ".py")
MEDIA = "dicomdirtests/TINY_ALPHA"


def frame(path, number, raw, target):
    """Writes one frame, from 1; its shape, or why there is none."""
    try:
        pixels = pixel_array(path, index=number - 1, raw=raw)
    except Exception as error:  # whatever a decoder raises is its answer
        return {"error": str(error)[:200]}
    if pixels.dtype.kind not in "iu":
        return {"error": "not whole numbers"}
    target.write_bytes(pixels.astype(numpy.int64).astype("<u4", casting="unsafe").tobytes())
    return {"path": str(target), "shape": list(pixels.shape)}


def brightness(dataset, pixels):
    """Grey from 0 to 1 by the object's own table or window."""
    values = apply_voi_lut(apply_modality_lut(pixels, dataset), dataset)
    if "VOILUTSequence" in dataset:
        low, high = 0, 2 ** dataset.VOILUTSequence[0].LUTDescriptor[2] - 1
    else:
        bits = dataset.BitsStored
        low, high = 0, 2**bits - 1
        if "ModalityLUTSequence" in dataset:
            high = 2 ** dataset.ModalityLUTSequence[0].LUTDescriptor[2] - 1
        elif dataset.PixelRepresentation:
            low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        if "RescaleSlope" in dataset:
            low, high = [v * dataset.RescaleSlope + dataset.RescaleIntercept for v in (low, high)]
    grey = (values.astype(numpy.float64) - float(low)) / (float(high) - float(low))
    return 1 - grey if dataset.PhotometricInterpretation == "MONOCHROME1" else grey


def display(path, target):
    """Writes the only frame as it is seen, one byte a sample; nothing where pydicom has no say."""
    try:
        dataset = pydicom.dcmread(path)
        if int(dataset.get("NumberOfFrames") or 1) > 1:
            return None
        pixels = pixel_array(path, index=0)
        if dataset.PhotometricInterpretation == "PALETTE COLOR":
            colors = apply_color_lut(pixels, dataset)
            shown = colors >> 8 if colors.dtype.itemsize == 2 and colors.max() > 255 else colors
        elif "VOILUTSequence" in dataset or dataset.get("WindowWidth") not in (None, ""):
            grey = numpy.clip(brightness(dataset, pixels), 0, 1)
            shown = numpy.rint(grey * 255)
        else:
            return None
    except Exception:
        return None
    target.write_bytes(shown.astype(numpy.uint8).tobytes())
    return str(target)


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {}
    places = [
        pathlib.Path(pydicom.data.__file__).parent / "test_files",
        pathlib.Path(data_store.__file__).parent / "data",
    ]
    for place in places:
        for path in sorted(place.rglob("*")):
            name = path.relative_to(place).as_posix()
            # Of the media only the directories are of interest: their objects hold no pixels.
            if not path.is_file() or path.suffix in OTHERS or name.startswith(MEDIA):
                continue
            told = {"path": str(path), "frames": []}
            try:
                frames = int(pydicom.dcmread(path, force=True).get("NumberOfFrames") or 1)
            except Exception:
                frames = 1
            for number in sorted({1, frames}):
                for raw in (False, True):
                    target = folder / f"{len(files)}-{number}-{int(raw)}"
                    one = frame(path, number, raw, target)
                    told["frames"].append({"number": number, "raw": raw, **one})
            told["display"] = display(path, folder / f"{len(files)}-display")
            files[name] = told
    json.dump(files, sys.stdout)


main()
