//! DICOM: any bytes are scanned within bounds, and what was read writes and reads again.

use dicomfile::charset::{Evidence, Votes};
use dicomfile::{DataSet, Encoding, Fields, KeyObjects, Scan, json, scan, tags};

/// Elements whose text is decoded: more say nothing new.
const ELEMENTS: usize = 64;

/// Scans the input as a file and as a data set of each encoding, and reads all that is in it.
pub fn run(bytes: &[u8]) {
    let known = scan(bytes, Some(bytes.len() as u64));
    let unknown = scan(bytes, None);
    if let (Ok(known), Ok(unknown)) = (&known, &unknown) {
        assert_eq!(known.header, unknown.header, "the size changes nothing in what is whole");
    }
    match known {
        Ok(found) => read(&found, bytes),
        Err(failed) => looked_through(&failed.scan.header),
    }
    for encoding in [Encoding::ImplicitLittle, Encoding::ExplicitLittle, Encoding::ExplicitBig] {
        let Ok(set) = DataSet::read(bytes, encoding) else { continue };
        looked_through(&set);
        let written = set.write(encoding);
        assert!(written.is_ok(), "what was read whole writes: {written:?}");
        // A first group that looks like a swapped one is no group of the standard; and without
        // representations a length may spell one.
        let first = set.elements().first().map(|element| element.tag.group());
        if matches!(first, Some(0x0200 | 0x0800 | 0x1000)) {
            continue;
        }
        let again = DataSet::read(&written.unwrap_or_default(), encoding);
        assert!(again.is_ok() || !encoding.is_explicit(), "what we write reads: {again:?}");
    }
}

fn read(found: &Scan, bytes: &[u8]) {
    looked_through(&found.header);
    let evidence = Evidence::default();
    if let Ok(fields) = Fields::of(found, &evidence) {
        let _ = fields.texts().count();
    }
    if let Ok(objects) = KeyObjects::read(&found.header) {
        let _ = objects.instances().count();
    }
    let Some(pixel_data) = found.pixel_data else { return };
    let size = bytes.len() as u64;
    for place in dicomfile::frames::native_frames(&found.header, &pixel_data, size) {
        assert!(place.offset + place.length <= size, "a frame beyond the file");
    }
    let rest = usize::try_from(pixel_data.offset).ok().and_then(|offset| bytes.get(offset..));
    if let Some(rest) = rest.filter(|_| pixel_data.is_encapsulated())
        && let Ok(walked) = dicomfile::frames::fragments(rest, &pixel_data)
    {
        for place in walked.frames(&found.header, pixel_data.frames).into_iter().flatten() {
            assert!(place.offset + place.length <= size, "a fragment beyond the file");
        }
    }
}

fn looked_through(set: &DataSet) {
    let written = json(set, &Evidence::default(), &|_| None);
    assert!(written.starts_with('{') && written.ends_with('}'));
    let _ = Votes::of(set, &Evidence::default()).iter().count();
    for element in set.elements().iter().take(ELEMENTS) {
        let _ = set.decimals(element.tag).len() + set.integers(element.tag).len();
        let _ = set.text(element.tag).map(|text| text.person_name());
    }
    let _ = set.date_time(tags::STUDY_DATE, tags::STUDY_TIME);
}
