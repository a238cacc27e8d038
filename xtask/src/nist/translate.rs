//! ebRIM 2.1, in which many of the kit's files are written, as the 3.0 that XDS.b sends.

use super::element::{Element, Node};
use anyhow::{Context, Result};

/// Namespace of ebRIM 3.0.
pub const RIM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
/// Namespace of the requests that change a registry.
pub const LCM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";

const OBJECT: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:";
const STATUS: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:";

/// Beginnings of association types by what stands behind them.
const ASSOCIATIONS: &[(&str, &[&str])] = &[
    ("urn:ihe:iti:2007:AssociationType:", &["RPLC", "XFRM", "APND", "XFRM_RPLC", "signs"]),
    (
        "urn:ihe:iti:2010:AssociationType:",
        &["IsSnapshotOf", "SubmitAssociation", "UpdateAvailabilityStatus"],
    ),
];
const ASSOCIATION: &str = "urn:oasis:names:tc:ebxml-regrep:AssociationType:";

/// Order of an object's parts in 3.0; in 2.1 names came first.
const ORDER: &[&str] =
    &["Slot", "Name", "Description", "VersionInfo", "Classification", "ExternalIdentifier"];

/// A `SubmitObjectsRequest` in 3.0 with the objects of a request in either version.
pub fn submit_request(request: &Element) -> Result<Element> {
    let list = request
        .walk()
        .into_iter()
        .find(|one| matches!(one.name.as_str(), "LeafRegistryObjectList" | "RegistryObjectList"))
        .context("the request has no RegistryObjectList")?;
    let mut objects = Element::within(RIM, "RegistryObjectList");
    let mut ids = 0;
    for object in list.elements() {
        if list.namespace == RIM {
            objects.children.push(Node::Element(object.clone()));
        } else if object.name != "ObjectRef" {
            objects.children.push(Node::Element(convert(object, "", &mut ids)));
        }
    }
    let mut submit = Element::within(LCM, "SubmitObjectsRequest");
    let slots = request.walk().into_iter().find(|one| one.name == "RequestSlotList");
    submit.children.extend(slots.cloned().map(Node::Element));
    Ok(submit.and(objects))
}

/// One object, or part of one, of 2.1 in 3.0; `owner` is the id of what it stands in.
fn convert(from: &Element, owner: &str, ids: &mut u32) -> Element {
    let mut to = Element::within(RIM, &from.name);
    for (name, value) in &from.attributes {
        match name.as_str() {
            "majorVersion" | "minorVersion" => {}
            "status" => to.set(name, &full(STATUS, value)),
            "associationType" => to.set(name, &association_type(value)),
            "lang" => to.set("xml:lang", value),
            _ => to.set(name, value),
        }
    }
    let kind = from.name.as_str();
    if matches!(kind, "RegistryPackage" | "Association" | "Classification" | "ExternalIdentifier") {
        to.set("objectType", &format!("{OBJECT}{kind}"));
    }
    let needs_id = matches!(kind, "Association" | "Classification" | "ExternalIdentifier");
    if needs_id && to.attribute("id").is_none_or(str::is_empty) {
        *ids += 1;
        to.set("id", &format!("allotted-{ids}"));
    }
    if kind == "ExternalIdentifier" {
        to.set("registryObject", owner);
    }
    if kind == "Classification" && to.attribute("classifiedObject").is_none() && !owner.is_empty() {
        to.set("classifiedObject", owner);
    }
    let own = to.attribute("id").unwrap_or_default().to_owned();
    let mut parts: Vec<_> = from.elements().filter(|part| part.name != "ObjectRef").collect();
    let place =
        |part: &&Element| ORDER.iter().position(|name| *name == part.name).unwrap_or(ORDER.len());
    parts.sort_by_key(place);
    let texts = from.elements().next().is_none().then(|| from.text());
    let texts = texts.filter(|text| !text.is_empty()).map(Node::Text);
    to.children.extend(parts.into_iter().map(|part| Node::Element(convert(part, &own, ids))));
    to.children.extend(texts);
    to
}

/// The full name of an association type.
pub fn association_type(value: &str) -> String {
    let prefix = ASSOCIATIONS
        .iter()
        .find(|(_, names)| names.contains(&value))
        .map_or(ASSOCIATION, |(prefix, _)| prefix);
    full(prefix, value)
}

fn full(prefix: &str, value: &str) -> String {
    match value.starts_with("urn:") {
        true => value.to_owned(),
        false => format!("{prefix}{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<rs:SubmitObjectsRequest xmlns:rs=\"urn:rs:2.1\">\
        <r:LeafRegistryObjectList xmlns:r=\"urn:rim:2.1\"><r:ObjectRef id=\"urn:uuid:1\"/>\
        <r:ExtrinsicObject id=\"D\" objectType=\"urn:uuid:2\" status=\"Approved\" \
        majorVersion=\"1\"><r:Name><r:LocalizedString lang=\"en\" value=\"n\"/></r:Name>\
        <r:Slot name=\"s\"><r:ValueList><r:Value> v </r:Value></r:ValueList></r:Slot>\
        <r:ExternalIdentifier value=\"x\"/></r:ExtrinsicObject>\
        <r:Classification classifiedObject=\"D\" classificationNode=\"urn:uuid:3\"/>\
        <r:Association associationType=\"RPLC\" sourceObject=\"D\" targetObject=\"E\"/>\
        <r:Association id=\"A\" associationType=\"HasMember\"/>\
        </r:LeafRegistryObjectList></rs:SubmitObjectsRequest>";

    #[test]
    fn a_request_of_2_1_becomes_3_0() {
        let new = submit_request(&Element::parse(OLD).unwrap()).unwrap();
        assert_eq!((new.name.as_str(), new.namespace.as_str()), ("SubmitObjectsRequest", LCM));
        let list = new.child("RegistryObjectList").unwrap();
        assert!(list.walk().iter().all(|one| one.namespace == RIM));
        assert!(list.child("ObjectRef").is_none());
        let document = list.child("ExtrinsicObject").unwrap();
        assert_eq!(document.attribute("status"), Some(&*format!("{STATUS}Approved")));
        assert_eq!(document.attribute("objectType"), Some("urn:uuid:2"));
        assert_eq!(document.attribute("majorVersion"), None);
        let parts: Vec<_> = document.elements().map(|part| part.name.clone()).collect();
        assert_eq!(parts, ["Slot", "Name", "ExternalIdentifier"]);
        assert_eq!(document.find("LocalizedString").unwrap().attribute("xml:lang"), Some("en"));
        assert_eq!(document.find("Value").unwrap().text(), "v");
        let identifier = document.child("ExternalIdentifier").unwrap();
        assert_eq!(identifier.attribute("registryObject"), Some("D"));
        assert!(identifier.attribute("id").is_some());
        let types: Vec<_> = list
            .elements()
            .filter_map(|one| one.attribute("associationType").map(str::to_owned))
            .collect();
        assert_eq!(
            types,
            ["urn:ihe:iti:2007:AssociationType:RPLC".to_owned(), format!("{ASSOCIATION}HasMember")]
        );
        let ids: Vec<_> = list.walk().iter().filter_map(|one| one.attribute("id")).collect();
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len());
    }

    #[test]
    fn a_request_of_3_0_stays_as_it_is() {
        let text = format!(
            "<L:SubmitObjectsRequest xmlns:L=\"{LCM}\"><R:RegistryObjectList xmlns:R=\"{RIM}\">\
             <R:Association id=\"A\" associationType=\"HasMember\"/></R:RegistryObjectList>\
             </L:SubmitObjectsRequest>"
        );
        let new = Element::parse(&text).unwrap();
        assert_eq!(submit_request(&new).unwrap(), new);
        assert!(submit_request(&Element::new("Other")).is_err());
    }
}
