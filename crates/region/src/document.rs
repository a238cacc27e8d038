//! Documents of the extended storage: text, CDA-like XML, HTML, a small PDF.

use crate::day::Moment;
use crate::habits::SourceSpec;
use crate::item::Document;
use crate::people::Person;
use crate::plan::RegionError;
use std::fmt::Write as _;
use text::CharacterSet;
use xml::escape;

/// A data kind: local code and name, LOINC code and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    local: &'static str,
    name: &'static str,
    standard: &'static str,
    standard_name: &'static str,
}

/// 経過記録
pub(crate) const NOTE: Kind =
    Kind {
        local: "L-NOTE", name: "経過記録", standard: "11506-3", standard_name: "経過記録"
    };
/// 退院時サマリー; without a local code.
pub(crate) const SUMMARY: Kind =
    Kind {
        local: "", name: "退院時要約", standard: "18842-5", standard_name: "退院時サマリー"
    };
/// 診療情報提供書
pub(crate) const REFERRAL: Kind = Kind {
    local: "L-REF",
    name: "診療情報提供書",
    standard: "57133-1",
    standard_name: "診療情報提供書",
};
/// 画像検査報告書
pub(crate) const IMAGING_REPORT: Kind = Kind {
    local: "L-RAD",
    name: "画像診断報告書",
    standard: "18748-4",
    standard_name: "画像検査報告書",
};

impl Kind {
    /// The name of the data-kind folder.
    pub(crate) fn folder(self, source: &SourceSpec) -> String {
        let system = if self.local.is_empty() { String::new() } else { source.local("DOC") };
        let Kind { local, name, standard, standard_name } = self;
        format!("{local}^{name}^{system}^{standard}^{standard_name}^LN")
    }

    /// The code in content folders' names: one vendor writes the whole folder name there.
    pub(crate) fn code(self, source: &SourceSpec) -> String {
        match (source.vendor, self.local) {
            ("BETA", _) => self.folder(source),
            (_, "") => self.standard.to_owned(),
            (_, local) => local.to_owned(),
        }
    }
}

/// A note in plain text, in the source's character set.
pub(crate) fn note(source: &SourceSpec, lines: &[String]) -> Result<Document, RegionError> {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend(text::encode(&source.writable(line), source.set)?);
        bytes.extend_from_slice(source.terminator.bytes());
    }
    Ok(Document::files(vec![("main_document.txt".to_owned(), bytes)]))
}

/// A discharge summary: CDA-like XML, in the encoding of the vendor.
pub(crate) fn summary(
    source: &SourceSpec,
    person: &Person,
    patient_id: &str,
    sent: Moment,
    sections: &[(&str, String)],
) -> Result<Document, RegionError> {
    let is_sjis = source.set == CharacterSet::Cp932;
    let (set, name) = match is_sjis {
        true => (CharacterSet::Cp932, "Shift_JIS"),
        false => (CharacterSet::Utf8, "UTF-8"),
    };
    let mut text = format!("<?xml version=\"1.0\" encoding=\"{name}\"?>\n");
    let _ = writeln!(
        text,
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\n\
         <id root=\"{domain}.8\" extension=\"{patient_id}.{at}\"/>\n\
         <code code=\"18842-5\" codeSystem=\"2.16.840.1.113883.6.1\" displayName=\"退院時サマリー\"/>\n\
         <title>退院時サマリー</title>\n<effectiveTime value=\"{at}\"/>\n\
         <recordTarget><patientRole><id root=\"{domain}\" extension=\"{patient_id}\"/>\
         <patient><name use=\"IDE\"><family>{family}</family><given>{given}</given></name>\
         <administrativeGenderCode code=\"{sex}\"/><birthTime value=\"{birth}\"/></patient>\
         </patientRole></recordTarget>\n<component><structuredBody>",
        domain = source.domain_oid,
        at = sent.seconds(),
        family = escape(&source.writable(person.family[0])),
        given = escape(person.given[0]),
        sex = person.sex(),
        birth = person.birth.digits(),
    );
    for (title, body) in sections {
        let _ = writeln!(
            text,
            "<component><section><title>{}</title><text>{}</text></section></component>",
            escape(title),
            escape(body)
        );
    }
    text.push_str("</structuredBody></component>\n</ClinicalDocument>\n");
    let bytes = text::encode(&text, set)?;
    Ok(Document::files(vec![("main_document.xml".to_owned(), bytes)]))
}

/// An imaging report in HTML with its style sheet beside it.
pub(crate) fn imaging_report(
    source: &SourceSpec,
    title: &str,
    findings: &str,
) -> Result<Document, RegionError> {
    let is_sjis = source.set == CharacterSet::Cp932;
    let (set, name) = match is_sjis {
        true => (CharacterSet::Cp932, "Shift_JIS"),
        false => (CharacterSet::Utf8, "UTF-8"),
    };
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"{name}\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"report.css\"></head>\n<body><h1>{title}</h1>\
         <p>{findings}</p></body></html>\n",
        title = escape(title),
        findings = escape(findings)
    );
    Ok(Document::files(vec![
        ("index.html".to_owned(), text::encode(&html, set)?),
        ("report.css".to_owned(), b"body { font-family: sans-serif; }\n".to_vec()),
    ]))
}

/// A referral letter: one page of PDF 1.4, in letters every reader has.
pub(crate) fn referral(number: &str, date: &str) -> Document {
    let pdf = letter("Referral letter", number, date);
    Document::files(vec![("main_document.pdf".to_owned(), pdf)])
}

/// One page of PDF: a title with a number, and a date.
pub(crate) fn letter(title: &str, number: &str, date: &str) -> Vec<u8> {
    let page = format!("BT /F1 14 Tf 72 770 Td ({title} {number}) Tj 0 -24 Td ({date}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        let _ = write!(pdf, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let table = pdf.len();
    let _ = write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(pdf, "{place:010} 00000 n ");
    }
    let _ = write!(
        pdf,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    pdf.into_bytes()
}
