//! New ids for the objects of a request, so that a plan can run again on the same registry.

use super::element::Element;
use super::transaction::{Transaction, Uids};
use std::collections::BTreeMap;
use std::io::Read;

/// Identification schemes of uniqueIds: document entry, submission set, folder.
const UNIQUE_IDS: &[&str] = &[
    "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab",
    "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8",
    "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a",
];
/// Identification schemes of patient IDs, in the same order.
const PATIENT_IDS: &[&str] = &[
    "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427",
    "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446",
    "urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a",
];
/// Identification scheme of a submission set's sourceId.
const SOURCE_ID: &[&str] = &["urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"];

/// What was allotted: object's id in the file to its new value.
pub type Allotted = BTreeMap<String, String>;

/// Makes ids that nobody else has.
#[derive(Debug)]
pub struct Ids {
    base: String,
    count: u64,
}

impl Ids {
    /// From the machine's randomness.
    pub fn new() -> std::io::Result<Ids> {
        Ok(Ids { base: format!("2.25.{}", random()? >> 8), count: 0 })
    }

    /// An OID.
    pub fn oid(&mut self) -> String {
        self.count += 1;
        format!("{}.{}", self.base, self.count)
    }

    /// The OID of this run as a source of submissions.
    pub fn source(&self) -> String {
        format!("{}.0", self.base)
    }

    /// A random UUID as a URN.
    pub fn uuid(&mut self) -> std::io::Result<String> {
        let bits = random()?;
        let version = (bits & !(0xF000 << 64)) | (0x4000 << 64);
        let bits = (version & !(0xC000 << 48)) | (0x8000 << 48);
        let text = format!("{bits:032x}");
        let (a, b, c, d, e) = (&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]);
        Ok(format!("urn:uuid:{a}-{b}-{c}-{d}-{e}"))
    }
}

/// 128 random bits.
pub fn random() -> std::io::Result<u128> {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}

/// Writes new uniqueIds where the plan wants them.
pub fn unique_ids(request: &mut Element, plan: &Transaction, ids: &mut Ids) -> Allotted {
    let spared = match &plan.uids {
        Uids::None => return Allotted::new(),
        Uids::AllBut(id) => id.as_str(),
        Uids::All => "",
    };
    identifiers(request, UNIQUE_IDS, &mut |id, scheme, old| {
        (id != spared).then(|| match plan.excluded.iter().any(|one| one == scheme) {
            true => old.to_owned(),
            false => ids.oid(),
        })
    })
}

/// Writes the patient into every object.
pub fn patient(request: &mut Element, patient: &str) -> Allotted {
    identifiers(request, PATIENT_IDS, &mut |_, _, _| Some(patient.to_owned()))
}

/// Writes this run's sourceId.
pub fn source(request: &mut Element, ids: &Ids) -> Allotted {
    identifiers(request, SOURCE_ID, &mut |_, _, _| Some(ids.source()))
}

/// Gives every symbolic id a UUID, and writes it where objects point at each other.
pub fn uuids(request: &mut Element, ids: &mut Ids) -> std::io::Result<Allotted> {
    let mut allotted = Allotted::new();
    for element in request.walk() {
        // References to 2.1's classification schemes define nothing.
        let id = element.attribute("id").filter(|_| element.name != "ObjectRef");
        let id = id.filter(|id| !id.starts_with("urn:") && !id.is_empty());
        if let Some(id) = id.filter(|id| !allotted.contains_key(*id)) {
            allotted.insert(id.to_owned(), ids.uuid()?);
        }
    }
    const POINTERS: &[&str] =
        &["id", "classifiedObject", "sourceObject", "targetObject", "registryObject"];
    request.change_all(&mut |element| {
        for (name, value) in &mut element.attributes {
            if let Some(uuid) = allotted.get(value).filter(|_| POINTERS.contains(&name.as_str())) {
                value.clone_from(uuid);
            }
        }
    });
    Ok(allotted)
}

/// Visits the external identifiers of some schemes: object's id, scheme, value to a new value.
fn identifiers(
    request: &mut Element,
    schemes: &[&str],
    value: &mut impl FnMut(&str, &str, &str) -> Option<String>,
) -> Allotted {
    let mut allotted = Allotted::new();
    request.change_all(&mut |object| {
        if !matches!(object.name.as_str(), "ExtrinsicObject" | "RegistryPackage") {
            return;
        }
        let id = object.attribute("id").unwrap_or_default().to_owned();
        for part in object.elements_mut().filter(|part| part.name == "ExternalIdentifier") {
            let scheme = part.attribute("identificationScheme").unwrap_or_default().to_owned();
            if !schemes.contains(&scheme.as_str()) {
                continue;
            }
            let old = part.attribute("value").unwrap_or_default().to_owned();
            if let Some(new) = value(&id, &scheme, &old) {
                part.set("value", &new);
                allotted.insert(id.clone(), new);
            }
        }
    });
    allotted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(instructions: &str) -> Transaction {
        let text = format!("<RegisterTransaction>{instructions}</RegisterTransaction>");
        Transaction::read(&Element::parse(&text).unwrap(), &mut Vec::new()).unwrap()
    }

    fn request() -> Element {
        Element::parse(&format!(
            "<L><ExtrinsicObject id=\"D\"><ExternalIdentifier identificationScheme=\"{}\" \
             value=\"old\"/><ExternalIdentifier identificationScheme=\"{}\" value=\"p\"/>\
             </ExtrinsicObject><RegistryPackage id=\"S\"><ExternalIdentifier \
             identificationScheme=\"{}\" value=\"old\"/></RegistryPackage><Association \
             sourceObject=\"S\" targetObject=\"D\"/><Association id=\"urn:uuid:1\" \
             sourceObject=\"S\" targetObject=\"urn:uuid:2\"/></L>",
            UNIQUE_IDS[0], PATIENT_IDS[0], UNIQUE_IDS[1]
        ))
        .unwrap()
    }

    #[test]
    fn unique_ids_are_new_unless_the_plan_spares_them() {
        let mut ids = Ids::new().unwrap();
        let all = unique_ids(&mut request(), &transaction(""), &mut ids);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["D", "S"]);
        assert!(all["D"] != all["S"] && all["D"].len() <= 64);
        let some = unique_ids(&mut request(), &transaction("<NoAssignUids id=\"D\"/>"), &mut ids);
        assert_eq!(some.keys().collect::<Vec<_>>(), ["S"]);
        assert!(unique_ids(&mut request(), &transaction("<NoAssignUids/>"), &mut ids).is_empty());
        let excluded = format!("<AssignUuids><Exclude value=\"{}\"/></AssignUuids>", UNIQUE_IDS[0]);
        let kept = unique_ids(&mut request(), &transaction(&excluded), &mut ids);
        assert_eq!(kept["D"], "old");
    }

    #[test]
    fn patients_stand_in_every_object() {
        let mut request = request();
        assert_eq!(patient(&mut request, "1^^^&2&ISO")["D"], "1^^^&2&ISO");
        assert!(request.write().contains("1^^^&amp;2&amp;ISO"));
    }

    #[test]
    fn symbolic_ids_become_one_uuid_everywhere() {
        let mut request = request();
        let allotted = uuids(&mut request, &mut Ids::new().unwrap()).unwrap();
        assert_eq!(allotted.keys().collect::<Vec<_>>(), ["D", "S"]);
        let association = request.child("Association").unwrap();
        assert_eq!(association.attribute("targetObject"), Some(allotted["D"].as_str()));
        assert_eq!(association.attribute("sourceObject"), Some(allotted["S"].as_str()));
        assert!(request.write().contains("urn:uuid:2"));
        let digits = allotted["D"].strip_prefix("urn:uuid:").unwrap();
        assert_eq!((digits.len(), &digits[14..15]), (36, "4"));
        assert!("89ab".contains(&digits[19..20]));
    }
}
