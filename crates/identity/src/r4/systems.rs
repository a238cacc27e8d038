//! Patient-ID domains as FHIR names them: by addresses.

/// The addresses that stand for domains beside `urn:oid:`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Systems {
    /// OID and address.
    pub aliases: Vec<(String, String)>,
}

/// What an OID begins with, as an address (RFC 3061).
const URN: &str = "urn:oid:";

impl Systems {
    /// The OID that an address stands for; `None` for an address that is none of a domain.
    pub(crate) fn oid_of(&self, system: &str) -> Option<String> {
        let named = self.aliases.iter().find(|(_, uri)| uri == system);
        if let Some((oid, _)) = named {
            return Some(oid.clone());
        }
        let oid = system.strip_prefix(URN)?;
        let is_oid = |c: char| c.is_ascii_digit() || c == '.';
        (!oid.is_empty() && oid.chars().all(is_oid)).then(|| oid.to_owned())
    }

    /// The address of a domain.
    pub(crate) fn uri_of(&self, oid: &str) -> String {
        let named = self.aliases.iter().find(|(known, _)| known == oid);
        named.map_or_else(|| format!("{URN}{oid}"), |(_, uri)| uri.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_stands_for_its_domain_both_ways() {
        let systems = Systems { aliases: vec![("1.2".into(), "http://hospital.example".into())] };
        assert_eq!(systems.oid_of("http://hospital.example").as_deref(), Some("1.2"));
        assert_eq!(systems.oid_of("urn:oid:1.2").as_deref(), Some("1.2"));
        assert_eq!(systems.uri_of("1.2"), "http://hospital.example");
        assert_eq!(systems.uri_of("1.3"), "urn:oid:1.3");
        for other in ["1.2", "urn:oid:", "urn:oid:x", "http://other.example", ""] {
            assert_eq!(systems.oid_of(other), None, "{other}");
        }
    }
}
