//! Which file of a content folder is the document, and what it is.

/// A file of a content folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its size.
    pub size_bytes: u64,
}

/// The primary file of a content folder: `main_document.*`, else the only file, else
/// `index.html`/`index.htm`, else the only XML file, else the largest PDF, else the first by
/// name. `None` for an empty folder.
///
/// The guideline leaves the rule open; this is ours.
pub fn primary_file(files: &[ContentFile<'_>]) -> Option<usize> {
    let of_name = |wanted: &dyn Fn(&str) -> bool| {
        files.iter().position(|file| wanted(&file.name.to_ascii_lowercase()))
    };
    let with_extension = |extension: &str| -> Vec<usize> {
        (0..files.len()).filter(|at| extension_of(files[*at].name) == extension).collect()
    };
    if let Some(at) = of_name(&|name| name.split('.').next() == Some("main_document")) {
        return Some(at);
    }
    if files.len() == 1 {
        return Some(0);
    }
    if let Some(at) = of_name(&|name| matches!(name, "index.html" | "index.htm")) {
        return Some(at);
    }
    if let [only] = with_extension("xml").as_slice() {
        return Some(*only);
    }
    with_extension("pdf")
        .into_iter()
        .max_by_key(|at| (files[*at].size_bytes, std::cmp::Reverse(*at)))
        .or_else(|| (0..files.len()).min_by_key(|at| files[*at].name))
}

/// The MIME type of a file of a content folder: its first bytes where they tell, else the
/// extension of its name.
pub fn mime_type(name: &str, head: &[u8]) -> &'static str {
    let shown = head.trim_ascii_start();
    let shown = shown.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(shown);
    match shown {
        [b'%', b'P', b'D', b'F', ..] => return "application/pdf",
        [0xFF, 0xD8, 0xFF, ..] => return "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => return "image/png",
        [b'M', b'S', b'H', b'|', ..] => return crate::MIME_TYPE,
        [b'<', b'?', b'x', b'm', b'l', ..] => return "text/xml",
        _ => {}
    }
    if head.get(128..132) == Some(b"DICM") {
        return "application/dicom";
    }
    match extension_of(name).as_str() {
        "hl7" => crate::MIME_TYPE,
        "xml" | "cda" => "text/xml",
        "pdf" => "application/pdf",
        "htm" | "html" => "text/html",
        "txt" => "text/plain",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "bmp" => "image/bmp",
        "dcm" => "application/dicom",
        "zip" => "application/zip",
        "rtf" => "application/rtf",
        _ => "application/octet-stream",
    }
}

fn extension_of(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn primary<'a>(files: &[(&'a str, u64)]) -> Option<&'a str> {
        let files: Vec<_> =
            files.iter().map(|(name, size)| ContentFile { name, size_bytes: *size }).collect();
        primary_file(&files).map(|at| files[at].name)
    }

    #[test]
    fn each_rule_in_its_turn() {
        assert_eq!(primary(&[]), None);
        assert_eq!(primary(&[("a.pdf", 9), ("Main_Document.hl7", 1)]), Some("Main_Document.hl7"));
        assert_eq!(primary(&[("scan.jpg", 1)]), Some("scan.jpg"));
        assert_eq!(primary(&[("style.css", 1), ("INDEX.HTM", 1)]), Some("INDEX.HTM"));
        assert_eq!(primary(&[("cda.xml", 1), ("cda.xsl", 9)]), Some("cda.xml"));
        assert_eq!(primary(&[("a.pdf", 1), ("b.pdf", 9), ("c.pdf", 9)]), Some("b.pdf"));
        assert_eq!(primary(&[("b.jpg", 1), ("a.jpg", 9)]), Some("a.jpg"));
    }

    #[test]
    fn bytes_tell_before_the_name_does() {
        assert_eq!(mime_type("report.txt", b"%PDF-1.7"), "application/pdf");
        assert_eq!(mime_type("main_document", b"MSH|^~\\&|"), crate::MIME_TYPE);
        assert_eq!(mime_type("a.XML", b"\xEF\xBB\xBF<ClinicalDocument"), "text/xml");
        assert_eq!(mime_type("a.bin", b""), "application/octet-stream");
    }
}
