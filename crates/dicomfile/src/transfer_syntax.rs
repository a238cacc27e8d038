//! Transfer syntaxes: how a data set and its pixel data are written (PS3.5 10 and annex A).

use dicom_dictionary_std::uids;
use std::borrow::Cow;

/// How the elements of a data set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Without value representations, little endian (PS3.5 A.1).
    ImplicitLittle,
    /// With value representations, little endian (PS3.5 A.2).
    ExplicitLittle,
    /// With value representations, big endian (PS3.5 A.3, retired).
    ExplicitBig,
}

impl Encoding {
    /// Whether value representations are written.
    pub fn is_explicit(self) -> bool {
        self != Encoding::ImplicitLittle
    }

    /// Whether numbers are written in big endian.
    pub fn is_big_endian(self) -> bool {
        self == Encoding::ExplicitBig
    }
}

/// A transfer syntax by its UID; those that nobody here knows are explicit, little endian and
/// encapsulated, as every one has been since 1993.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransferSyntax(Cow<'static, str>);

impl TransferSyntax {
    /// Implicit VR Little Endian, the default.
    pub const IMPLICIT_LITTLE: TransferSyntax = named(uids::IMPLICIT_VR_LITTLE_ENDIAN);
    /// Explicit VR Little Endian.
    pub const EXPLICIT_LITTLE: TransferSyntax = named(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    /// Explicit VR Big Endian.
    pub const EXPLICIT_BIG: TransferSyntax = named(EXPLICIT_BIG);
    /// Deflated Explicit VR Little Endian.
    pub const DEFLATED: TransferSyntax = named(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);

    /// The transfer syntax of a UID, without its padding.
    pub fn new(uid: &str) -> TransferSyntax {
        TransferSyntax(Cow::Owned(uid.trim_matches(['\0', ' ']).to_owned()))
    }

    /// The transfer syntax that writes a data set in an encoding without compressing anything.
    pub fn of(encoding: Encoding) -> TransferSyntax {
        match encoding {
            Encoding::ImplicitLittle => TransferSyntax::IMPLICIT_LITTLE,
            Encoding::ExplicitLittle => TransferSyntax::EXPLICIT_LITTLE,
            Encoding::ExplicitBig => TransferSyntax::EXPLICIT_BIG,
        }
    }

    /// Its UID.
    pub fn uid(&self) -> &str {
        &self.0
    }

    /// How its data set is written.
    pub fn encoding(&self) -> Encoding {
        match self.uid() {
            uids::IMPLICIT_VR_LITTLE_ENDIAN | PAPYRUS | GE_PRIVATE => Encoding::ImplicitLittle,
            EXPLICIT_BIG => Encoding::ExplicitBig,
            _ => Encoding::ExplicitLittle,
        }
    }

    /// Whether value representations are written.
    pub fn is_explicit(&self) -> bool {
        self.encoding().is_explicit()
    }

    /// Whether numbers are written in big endian.
    pub fn is_big_endian(&self) -> bool {
        self.encoding().is_big_endian()
    }

    /// Whether pixel data come in fragments (PS3.5 A.4).
    pub fn is_encapsulated(&self) -> bool {
        !matches!(
            self.uid(),
            uids::IMPLICIT_VR_LITTLE_ENDIAN
                | uids::EXPLICIT_VR_LITTLE_ENDIAN
                | uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
                | PAPYRUS
                | EXPLICIT_BIG
                | GE_PRIVATE
        )
    }

    /// Whether the data set behind the file meta information is deflated (PS3.5 A.5).
    pub fn is_deflated(&self) -> bool {
        self.uid() == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN || self.uid() == JPIP_DEFLATED
    }
}

const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";
const JPIP_DEFLATED: &str = "1.2.840.10008.1.2.4.95";
/// Papyrus 3, retired: implicit.
const PAPYRUS: &str = "1.2.840.10008.1.20";
/// GE's little endian with big-endian pixel data.
const GE_PRIVATE: &str = "1.2.840.113619.5.2";

const fn named(uid: &'static str) -> TransferSyntax {
    TransferSyntax(Cow::Borrowed(uid))
}
