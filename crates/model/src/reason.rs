//! Why an item waits in quarantine, or is flagged: one named reason per cause, each for a person
//! to act on.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident $code:literal),+ $(,)?) => {
        /// A named reason. The code stands in `musubi stats`, in dumps and on the operator's page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $variant),+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Reason::$variant => $code),+ }
            }

            /// The reason of a code.
            pub fn from_code(code: &str) -> Option<Reason> {
                match code { $($code => Some(Reason::$variant),)+ _ => None }
            }
        }
    };
}

reasons! {
    /// The message's PID-3 is not the patient of its folder and name: never shown to anyone.
    PatientMismatch "patient-mismatch",
    /// No PID segment, or PID-3 is empty: the patient cannot be known from the message.
    PatientUnknown "patient-unknown",
    /// The bytes that say who the patient is cannot be decoded.
    PatientUndecodable "patient-undecodable",
    /// The file's name does not follow the grammar.
    NameMalformed "name-malformed",
    /// Name and folders disagree about patient, date or type.
    PathMismatch "path-mismatch",
    /// Nothing in the file.
    Empty "empty",
    /// The message ends inside its header or before its PID.
    Truncated "truncated",
    /// Larger than the limit for one file.
    TooLarge "too-large",
    /// More segments than the limit.
    TooManySegments "too-many-segments",
    /// Not an HL7 v2 message: it does not begin with MSH.
    NotHl7 "not-hl7",
    /// The message's type does not fit the data type of its folder.
    TypeMismatch "type-mismatch",
    /// A link that leads out of the storage's root.
    LinkOutside "link-outside",
    /// A FIFO, socket or device.
    NotAFile "not-a-file",
    /// The operating system refused to read it.
    Unreadable "unreadable",
    /// It was renamed or removed while being read and did not come back under the same key.
    Vanished "vanished",
    /// Two files or records say "current" for one key at the same sending time, with other bytes.
    /// Both are kept; one of them is shown, with a remark.
    TwoCurrent "two-current",
    /// What was deleted or replaced is shown as valid again, under its old sending time: it stays
    /// deleted until the hospital sends it anew.
    BroughtBack "brought-back",
    /// The sending time in the name is no time.
    SentTimeImpossible "sent-time-impossible",
    /// The care date of folder or name is no date.
    CareDateImpossible "care-date-impossible",
    /// A study is another patient's at its source now; our copy is hidden.
    StudyMoved "study-moved",
    /// Instances of a study are replaced at its source; ours are hidden.
    InstancesReplaced "instances-replaced",
    /// The centre refused the submission.
    Refused "refused",
    /// A record of a transaction file that does not follow the grammar.
    RecordMalformed "record-malformed",
    /// Neither a DICOM file nor a data set, or its header cannot be read to its end.
    NotDicom "not-dicom",
    /// A DICOM object without Study, Series or SOP Instance UID: it has no place.
    IdentifiersMissing "identifiers-missing",
    /// Failed more often than the limit for no reason above.
    Failed "failed",
}

macro_rules! flags {
    ($($(#[doc = $doc:literal])+ $variant:ident $code:literal),+ $(,)?) => {
        /// A remark on a document that was taken in all the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Flag {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $variant),+
        }

        impl Flag {
            /// Every flag.
            pub const ALL: &'static [Flag] = &[$(Flag::$variant),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Flag::$variant => $code),+ }
            }
        }
    };
}

flags! {
    /// The message's care date is another than the folder's; the folder's is used.
    CareDateDiffers "care-date-differs",
    /// The message has no care date; the folder's is used.
    CareDateMissing "care-date-missing",
    /// The order number of the message is another than the name's.
    OrderKeyDiffers "order-key-differs",
    /// Some bytes could not be decoded; the places are marked.
    TextDamaged "text-damaged",
    /// The declared character set is not the one used.
    CharacterSetDiffers "character-set-differs",
    /// A date in it lies in the future of its sending time by more than a year, or is impossible.
    DateImplausible "date-implausible",
    /// The data type is not in the guideline's table; stored without facts.
    UnknownType "unknown-type",
    /// Another current file stood for the same key; this one was sent later.
    TwoCurrent "two-current",
    /// The message is cut short after its PID.
    Truncated "truncated",
    /// More facts than the limit for one document; the rest stands in the document alone.
    FactsIncomplete "facts-incomplete",
    /// Its bytes cannot be read any more: it is shown without facts.
    BytesDamaged "bytes-damaged",
    /// A condition flag other than 0, 1 and 2.
    ConditionFlagUnknown "condition-flag-unknown",
}
