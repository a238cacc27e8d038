//! The region's images read by pydicom, which knows nothing of ours.

use region::images::{Images, ImagingPlan, ImagingTruth};
use region::{RegionPlan, generate};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A Python that has pydicom and decodes pixels, or why the test is skipped.
fn python() -> Result<String, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pydicom, numpy, PIL"]).output().unwrap();
    match has.status.success() {
        true => Ok(python),
        false => Err(format!(
            "skipped: {python} has no pydicom, numpy and pillow; MUSUBI_PYTHON names one that has"
        )),
    }
}

fn read(python: &str, directory: &Path, truth: &ImagingTruth) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/read_images.py");
    let paths: Vec<_> =
        truth.instances().map(|(_, _, instance)| directory.join(&instance.path)).collect();
    let mut child = Command::new(python)
        .args(["-W", "ignore"])
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = serde_json::to_vec(&paths).unwrap();
    child.stdin.take().unwrap().write_all(&asked).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "pydicom stopped: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn pydicom_reads_every_object_as_the_truth_says() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return println!("{why}"),
    };
    let directory = tempfile::tempdir().unwrap();
    let region =
        generate(&RegionPlan { patients: 14, bystanders: 2, ..RegionPlan::new(7, 20250401) });
    let plan = ImagingPlan { matrix: 64, slices: 4, ..ImagingPlan::TINY };
    let truth = Images::of(&region.unwrap(), &plan).write(directory.path()).unwrap();
    let answers = read(&python, directory.path(), &truth);
    assert_eq!(answers.len(), truth.instances().count());
    let [mut honest, mut lying] = [0, 0];
    for ((study, series, instance), answer) in truth.instances().zip(&answers) {
        let check = |key: &str, expected: &str| {
            assert_eq!(answer[key], *expected, "{key} of {}", instance.path);
        };
        check("patient_id", &study.patient_id);
        check("birth", &study.birth);
        check("sex", &study.sex);
        check("study_uid", &study.study_uid);
        check("series_uid", &series.series_uid);
        check("instance_uid", &instance.instance_uid);
        check("sop_class_uid", &instance.sop_class_uid);
        check("transfer_syntax_uid", &series.transfer_syntax_uid);
        check("accession", &study.accession);
        check("date", &study.date);
        check("time", &study.time);
        check("modality", &series.modality);
        if study.encoding.is_honest() {
            honest += 1;
            check("patient_name", &study.patient_name);
            check("description", &study.description);
            check("series_description", &series.description);
            check("institution", &study.institution);
            check("referring_physician", &study.referring_physician);
        } else {
            lying += 1;
            assert_ne!(answer["institution"], *study.institution, "whoever believes is misled");
        }
        pixels(&instance.path, instance.frames, answer, &plan);
    }
    assert!(honest > 60 && lying == 3, "{honest} honest, {lying} lying");
}

/// Pixels that decode, of plausible values; air is at -1,000 Hounsfield units.
fn pixels(path: &str, frames: usize, answer: &Value, plan: &ImagingPlan) {
    let shape: Vec<u64> =
        answer["shape"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    if frames == 0 {
        return assert!(shape.is_empty(), "{path}: {shape:?}");
    }
    let number = |key: &str| answer[key].as_f64().unwrap();
    assert!(number("most") > number("least"), "{path} is one gray");
    if frames > 1 {
        assert_eq!(shape[0], frames as u64, "{path}");
    }
    if answer["modality"] == "CT" {
        assert_eq!(shape, [plan.matrix as u64; 2], "{path}");
        assert!((number("air") + 1_000.0).abs() < 25.0, "air of {path}: {}", number("air"));
        assert!((20.0..115.0).contains(&number("soft")), "soft tissue of {path}: {answer}");
    }
}

#[test]
fn sections_of_a_series_lie_one_slice_apart() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return println!("{why}"),
    };
    let directory = tempfile::tempdir().unwrap();
    let region = generate(&RegionPlan { patients: 4, ..RegionPlan::new(3, 20250401) }).unwrap();
    let plan = ImagingPlan { slices: 6, ..ImagingPlan::TINY };
    let truth = Images::sections(&region, &plan, 2).write(directory.path()).unwrap();
    let answers = read(&python, directory.path(), &truth);
    for series in answers.chunks(6) {
        for pair in series.windows(2) {
            let z = |answer: &Value| answer["position"][2].as_f64().unwrap();
            let step = z(&pair[0]) - z(&pair[1]);
            let thickness = pair[0]["thickness"].as_f64().unwrap();
            assert!((step - thickness).abs() < 0.01, "{step} is not {thickness}");
        }
    }
    assert_eq!(answers.len(), 12);
}
