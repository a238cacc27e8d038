"""Reads a region's objects with pydicom: asks for paths on stdin, says what it read on stdout."""

import json
import sys

import numpy
import pydicom



def text(value):
    """What a reader shows that splits at backslashes before it decodes."""
    return "\\".join(value) if isinstance(value, pydicom.multival.MultiValue) else str(value)


answers = []
for path in json.load(sys.stdin):
    data = pydicom.dcmread(path)
    answer = {
        "patient_id": data.PatientID,
        "patient_name": str(data.PatientName),
        "birth": data.PatientBirthDate,
        "sex": data.PatientSex,
        "study_uid": data.StudyInstanceUID,
        "series_uid": data.SeriesInstanceUID,
        "instance_uid": data.SOPInstanceUID,
        "sop_class_uid": data.SOPClassUID,
        "transfer_syntax_uid": data.file_meta.TransferSyntaxUID,
        "accession": data.AccessionNumber,
        "date": data.StudyDate,
        "time": data.StudyTime,
        "modality": data.Modality,
        "description": text(data.StudyDescription),
        "series_description": text(data.SeriesDescription),
        "institution": text(data.InstitutionName),
        "referring_physician": str(data.ReferringPhysicianName),
        "station": data.get("StationName", ""),
        "photometric": data.get("PhotometricInterpretation", ""),
        "shape": [],
    }
    if "PixelData" in data:
        pixels = data.pixel_array
        answer["shape"] = list(pixels.shape)
        answer["least"], answer["most"] = int(pixels.min()), int(pixels.max())
        if data.Modality == "CT":
            units = pixels * float(data.RescaleSlope) + float(data.RescaleIntercept)
            edge = max(1, units.shape[0] // 12)
            corner = units[:edge, :edge]
            answer["air"] = float(corner.mean())
            # Between fat and contrast: what is neither air, lung, bone nor metal.
            soft = units[(units > -20) & (units < 130)]
            answer["soft"] = float(numpy.median(soft))
            answer["position"] = [float(part) for part in data.ImagePositionPatient]
            answer["thickness"] = float(data.SliceThickness)
    answers.append(answer)
json.dump(answers, sys.stdout)
