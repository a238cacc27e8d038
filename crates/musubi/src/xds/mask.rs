//! Messages without their patients: markup, ids of kinds, codes and errors stay, every other
//! text becomes dots. What is not known to be harmless is masked.

/// Attributes whose values say nothing of a patient.
const OPEN_ATTRIBUTES: &[&str] = &[
    "id",
    "lid",
    "classificationScheme",
    "classificationNode",
    "classifiedObject",
    "registryObject",
    "identificationScheme",
    "objectType",
    "associationType",
    "sourceObject",
    "targetObject",
    "status",
    "returnType",
    "returnComposedObjects",
    "nodeRepresentation",
    "errorCode",
    "severity",
    "highestSeverity",
    "mimeType",
    "mustUnderstand",
    "home",
    "href",
    "versionName",
    "ITSVersion",
    "classCode",
    "codeSystem",
    "determinerCode",
    "moodCode",
    "typeCode",
];
/// Elements whose text says nothing of a patient.
const OPEN_ELEMENTS: &[&str] = &[
    "Action",
    "MessageID",
    "RelatesTo",
    "To",
    "Address",
    "RepositoryUniqueId",
    "HomeCommunityId",
    "DocumentUniqueId",
    "mimeType",
];
/// Slots whose values say nothing of a patient; those of codes and statuses beside them.
const OPEN_SLOTS: &[&str] = &[
    "size",
    "hash",
    "languageCode",
    "codingScheme",
    "repositoryUniqueId",
    "SubmissionSetStatus",
    "PreviousVersion",
    "$AssociationTypes",
    "$MetadataLevel",
    "$uuid",
];
const DOTS: &str = "•••";

/// A message, or the beginning of one, without its patients.
pub fn mask(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let (mut rest, mut element, mut slot) = (message, "", "");
    while let Some(start) = rest.find('<') {
        text(&mut out, &rest[..start], element, slot);
        let tag = &rest[start..];
        let length = tag_length(tag);
        let (tag, after) = tag.split_at(length);
        rest = after;
        if tag.starts_with("<!") {
            out.push_str("<!-- ••• -->");
            continue;
        }
        if !tag.ends_with('>') {
            return out;
        }
        element = match tag.starts_with("</") {
            true => "",
            false => local(name(tag)),
        };
        if element == "Slot" {
            slot = attributes(tag).find(|(name, _)| *name == "name").map_or("", |(_, value)| value);
        }
        write_tag(&mut out, tag);
    }
    if element.is_empty() || !rest.is_empty() {
        text(&mut out, rest, element, slot);
    }
    out
}

/// The length of a tag, comment or the like that a text begins with.
fn tag_length(text: &str) -> usize {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>")] {
        if text.starts_with(begin) {
            return text.find(end).map_or(text.len(), |at| at + end.len());
        }
    }
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), closing) if open == closing => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn write_tag(out: &mut String, tag: &str) {
    if tag.starts_with("</") || tag.starts_with("<?") {
        return out.push_str(tag);
    }
    out.push('<');
    out.push_str(name(tag));
    for (name, value) in attributes(tag) {
        let is_open = name.starts_with("xmlns")
            || OPEN_ATTRIBUTES.contains(&local(name))
            || (local(name) == "name" && self::name(tag).ends_with("Slot"));
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        out.push_str(if is_open || value.is_empty() { value } else { DOTS });
        out.push('"');
    }
    out.push_str(if tag.ends_with("/>") { "/>" } else { ">" });
}

fn text(out: &mut String, text: &str, element: &str, slot: &str) {
    let is_code = slot.ends_with("Code") || slot.ends_with("Status") || slot.ends_with("Type");
    let is_open = text.trim().is_empty()
        || OPEN_ELEMENTS.contains(&element)
        || (element == "Value" && (is_code || OPEN_SLOTS.contains(&slot)));
    out.push_str(if is_open { text } else { DOTS });
}

/// The name of a tag as written.
fn name(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<');
    let end = inner.find(|one: char| one.is_whitespace() || matches!(one, '/' | '>'));
    &inner[..end.unwrap_or(inner.len())]
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The attributes of a tag as written.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = &tag[(1 + name(tag).len()).min(tag.len())..];
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|one| matches!(one, '"' | '\''))?;
        let (value, tail) = after[1..].split_once(quote)?;
        rest = tail;
        Some((name.trim(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn patients_become_dots_and_the_rest_stays_legible() {
        let message = "<q:AdhocQuery id=\"urn:uuid:1\"><!-- 山田 --><Slot name='$XDSDocumentEntryPatientId'>\
             <ValueList><Value>'00012345674^^^&amp;1.2&amp;ISO'</Value></ValueList></Slot>\
             <Slot name=\"$XDSDocumentEntryClassCode\"><Value>('a^^b')</Value></Slot>\
             <ExternalIdentifier identificationScheme=\"urn:x\" value=\"00012345674\"/>\
             <LocalizedString value='山田 太郎 > 1'/>山田<![CDATA[太郎]]></q:AdhocQuery>";
        let masked = mask(message);
        for secret in ["00012345674", "山田", "太郎"] {
            assert!(!masked.contains(secret), "{masked}");
        }
        for kept in ["urn:uuid:1", "$XDSDocumentEntryPatientId", "('a^^b')", "\"urn:x\""] {
            assert!(masked.contains(kept), "{masked}");
        }
    }

    #[test]
    fn a_message_cut_off_anywhere_shows_no_more() {
        let message = "<a value=\"SECRET\" id=\"x\">SECRET<b>SECRET</b></a>";
        for end in 0..=message.len() {
            let masked = mask(&message[..end]);
            assert!(!masked.contains("SE"), "{masked}");
        }
    }
}
