//! II: an identifier with its namespace (ITI TF-2 Appendix E.1).

use crate::NAMESPACE;
use xml::{Element, Writer};

/// An instance identifier. A patient ID has the OID of its assigning authority as root and the
/// ID as extension; a device, an organization and a domain are named by the root alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceId {
    /// OID or UUID.
    pub root: String,
    /// What the root's owner calls it; empty for none.
    pub extension: String,
    /// `assigningAuthorityName`: for people, never compared.
    pub authority_name: String,
}

impl InstanceId {
    /// A root alone.
    pub fn of_root(root: impl Into<String>) -> InstanceId {
        InstanceId { root: root.into(), ..InstanceId::default() }
    }

    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.root.is_empty() && self.extension.is_empty()
    }

    /// Root and extension in one text, to compare and keep it by.
    pub fn key(&self) -> String {
        format!("{}^{}", self.root, self.extension)
    }

    /// Reads an element of this type; a null flavour names nothing.
    pub(crate) fn read(element: Element<'_>) -> InstanceId {
        let part = |name| element.attribute(name).map(str::trim).unwrap_or_default().to_owned();
        match element.attribute("nullFlavor") {
            Some(_) => InstanceId::default(),
            None => InstanceId {
                root: part("root"),
                extension: part("extension"),
                authority_name: part("assigningAuthorityName"),
            },
        }
    }

    /// Reads the elements of that name within another.
    pub(crate) fn read_all(parent: Element<'_>, name: &str) -> Vec<InstanceId> {
        parent.children_named(NAMESPACE, name).map(InstanceId::read).collect()
    }

    /// Writes it as an element; one that names nothing says that there is no information.
    pub(crate) fn write(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        if self.is_empty() {
            writer.attribute("nullFlavor", "NI");
        }
        let parts = [
            ("root", &self.root),
            ("extension", &self.extension),
            ("assigningAuthorityName", &self.authority_name),
        ];
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            writer.attribute(name, value);
        }
        writer.close();
    }
}
