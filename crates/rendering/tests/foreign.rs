//! Files that nobody here made: which are shown, which are not and why, and whether their pixels
//! are those of pydicom with numpy, Pillow, OpenJPEG, CharLS and GDCM.

use crate::support::{pixels, renderer};
use rendering::{Format, FrameError, NativeFrame, Object, Photometric, RenderRequest, Renderer};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// What pydicom makes of its files, or why the test is skipped. Pixels stand in the folder.
fn pydicom(folder: &Path) -> Result<Value, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let needed = "import data_store, gdcm, jpeg_ls, numpy, openjpeg, PIL, pydicom";
    let has = Command::new(&python).args(["-c", needed]).output().unwrap();
    if !has.status.success() {
        let why = "has no pydicom with its decoders; MUSUBI_PYTHON names one that has";
        return Err(format!("skipped: {python} {why}"));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/pydicom_pixels.py");
    let output = Command::new(&python).arg(script).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn pydicoms_files_are_shown_as_pydicom_decodes_them_or_say_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = match pydicom(folder.path()) {
        Ok(files) => files,
        Err(skipped) => return println!("{skipped}"),
    };
    let renderer = renderer();
    let mut lines = Vec::new();
    let (mut same, mut displayed) = (0, 0);
    for (name, told) in files.as_object().unwrap() {
        let path = Path::new(told["path"].as_str().unwrap());
        let (shown, picture) = shown(&renderer, path).await;
        let mut line = format!("{name}: {shown}");
        if let Some(theirs) = told["display"].as_str() {
            assert!(!picture.is_empty(), "{line}");
            let off = most_off(&picture, &std::fs::read(theirs).unwrap());
            line = format!("{line}, {off} off as displayed");
            // Rounding of half a step differs.
            displayed += usize::from(off <= 1);
        }
        for frame in told["frames"].as_array().unwrap() {
            if let Some(compared) = compared(&renderer, path, frame).await {
                same += usize::from(compared == "as pydicom");
                line = format!("{line}; frame {} {compared}", frame["number"]);
            }
        }
        lines.push(line);
    }
    assert!(same > 100, "only {same} frames are pydicom's");
    assert!(displayed > 20, "only {displayed} are displayed as by pydicom");
    insta::assert_snapshot!(lines.join("\n"));
}

/// The largest difference of two pictures.
fn most_off(ours: &[u8], theirs: &[u8]) -> u8 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).map(|(one, other)| one.abs_diff(*other)).max().unwrap_or_default()
}

/// The picture's size and kind, or why there is none; and its pixels.
async fn shown(renderer: &Renderer, path: &Path) -> (String, Vec<u8>) {
    let request = RenderRequest {
        object: Object::Path(path.to_owned()),
        frame: None,
        viewport: None,
        window: None,
        format: Format::Png,
    };
    match renderer.render(request).await {
        Ok(rendered) => match rendered.placeholder {
            Some(reason) => (format!("not shown: {reason}"), Vec::new()),
            None => {
                let (width, height, bytes) = pixels(&rendered.bytes);
                let is_grey = bytes.len() == (width * height) as usize;
                let kind = if is_grey { "grey" } else { "colour" };
                (format!("{width}x{height} {kind}"), bytes)
            }
        },
        Err(error) => {
            let cause = std::error::Error::source(&error);
            let cause = cause.map_or_else(|| error.to_string(), ToString::to_string);
            (format!("no picture: {cause}"), Vec::new())
        }
    }
}

/// How our samples of a frame differ from theirs; none where nothing is to be said, or where the
/// other colour model is the one to compare with.
async fn compared(renderer: &Renderer, path: &Path, frame: &Value) -> Option<String> {
    let number = frame["number"].as_u64().unwrap() as u32;
    let is_raw = frame["raw"].as_bool().unwrap();
    let theirs = frame["path"].as_str().map(|path| std::fs::read(path).unwrap());
    let ours = match renderer.native_frame(Object::Path(path.to_owned()), number).await {
        Ok(ours) => ours,
        Err(FrameError::NotShown(_) | FrameError::Failed(_)) => {
            return theirs.filter(|_| is_raw).map(|_| "is decoded by pydicom".to_owned());
        }
    };
    let description = &ours.description;
    let is_decided = description.samples == 1 || description.photometric == Photometric::Rgb;
    if is_raw == is_decided {
        return None;
    }
    let Some(theirs) = theirs else { return Some("is not decoded by pydicom".to_owned()) };
    Some(difference(&ours, &theirs))
}

/// Theirs are numbers of 32 bits.
fn difference(ours: &NativeFrame, theirs: &[u8]) -> String {
    let description = &ours.description;
    let is_low = description.high_bit + 1 == description.bits_stored && !description.float;
    let bits = if is_low { description.bits_stored } else { description.bits_allocated };
    let mask = u32::MAX >> (32 - u32::from(bits));
    let width = usize::from(description.bits_allocated / 8);
    let number = |bytes: &[u8]| {
        bytes.iter().rev().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) & mask
    };
    let ours: Vec<u32> = ours.bytes.chunks_exact(width).map(number).collect();
    let theirs: Vec<u32> = theirs.chunks_exact(4).map(number).collect();
    if ours.len() != theirs.len() {
        return format!("has {} samples, pydicom {}", ours.len(), theirs.len());
    }
    let most = ours.iter().zip(&theirs).map(|(one, other)| one.abs_diff(*other)).max();
    match most.unwrap_or_default() {
        0 => "as pydicom".to_owned(),
        most => format!("at most {most} off"),
    }
}
