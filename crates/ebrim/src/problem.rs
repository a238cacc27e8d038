//! What is wrong with a message, by the error codes of the standard.

use thiserror::Error;

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $code:literal),+ $(,)?) => {
        /// An error code (ITI TF-3 table 4.2.4.1-2; ITI TF-2 3.57, 3.62, 3.86; RAD TF-2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant),+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant),+];

            /// The code as the standard writes it.
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $code),+ }
            }
        }
    };
}

error_codes! {
    /// Warning: queued for matching by hand.
    DocumentQueued "DocumentQueued",
    /// A document does not fit its metadata.
    InvalidDocumentContent "InvalidDocumentContent",
    /// Warning of XDR: appends were not processed.
    PartialAppendContentNotProcessed "PartialAppendContentNotProcessed",
    /// Warning of XDR: folders were not processed.
    PartialFolderContentNotProcessed "PartialFolderContentNotProcessed",
    /// Warning of XDR: relationships were not processed.
    PartialRelationshipContentNotProcessed "PartialRelationshipContentNotProcessed",
    /// Warning of XDR: replacements were not processed.
    PartialReplaceContentNotProcessed "PartialReplaceContentNotProcessed",
    /// Warning of XDR: transformations were not processed.
    PartialTransformNotProcessed "PartialTransformNotProcessed",
    /// Warning of XDR: transformations with replacement were not processed.
    PartialTransformReplaceNotProcessed "PartialTransformReplaceNotProcessed",
    /// An association names an object that is nowhere.
    UnresolvedReferenceException "UnresolvedReferenceException",
    /// The document of a uniqueId is not to be had.
    XdsDocumentUniqueIdError "XDSDocumentUniqueIdError",
    /// The uniqueId of a submission set or folder is known already.
    XdsDuplicateUniqueIdInRegistry "XDSDuplicateUniqueIdInRegistry",
    /// Warning: extra metadata were not kept.
    XdsExtraMetadataNotSaved "XDSExtraMetadataNotSaved",
    /// Metadata without their document.
    XdsMissingDocument "XDSMissingDocument",
    /// A document without metadata.
    XdsMissingDocumentMetadata "XDSMissingDocumentMetadata",
    /// homeCommunityId is required and not there.
    XdsMissingHomeCommunityId "XDSMissingHomeCommunityId",
    /// A document's uniqueId is known with another hash.
    XdsNonIdenticalHash "XDSNonIdenticalHash",
    /// A document's uniqueId is known with another size.
    XdsNonIdenticalSize "XDSNonIdenticalSize",
    /// Objects that must be one patient's are not.
    XdsPatientIdDoesNotMatch "XDSPatientIdDoesNotMatch",
    /// Too much to do.
    XdsRegistryBusy "XDSRegistryBusy",
    /// Too much to do.
    XdsRepositoryBusy "XDSRepositoryBusy",
    /// An association names an object that is not Approved.
    XdsRegistryDeprecatedDocumentError "XDSRegistryDeprecatedDocumentError",
    /// A uniqueId stands twice in one message.
    XdsRegistryDuplicateUniqueIdInMessage "XDSRegistryDuplicateUniqueIdInMessage",
    /// A uniqueId stands twice in one message.
    XdsRepositoryDuplicateUniqueIdInMessage "XDSRepositoryDuplicateUniqueIdInMessage",
    /// An error without a better code.
    XdsRegistryError "XDSRegistryError",
    /// An error without a better code.
    XdsRepositoryError "XDSRepositoryError",
    /// A rule of the metadata without a code of its own.
    XdsRegistryMetadataError "XDSRegistryMetadataError",
    /// A rule of the metadata without a code of its own; hash or size of the bytes differ.
    XdsRepositoryMetadataError "XDSRepositoryMetadataError",
    /// The repository cannot reach the registry.
    XdsRegistryNotAvailable "XDSRegistryNotAvailable",
    /// No room.
    XdsRegistryOutOfResources "XDSRegistryOutOfResources",
    /// No room.
    XdsRepositoryOutOfResources "XDSRepositoryOutOfResources",
    /// Deprecated by the standard: read, never written.
    XdsReplaceFailed "XDSReplaceFailed",
    /// The answer would hold objects of several patients.
    XdsResultNotSinglePatient "XDSResultNotSinglePatient",
    /// A required parameter is not there.
    XdsStoredQueryMissingParam "XDSStoredQueryMissingParam",
    /// A parameter stands too often, or two stand of which only one may.
    XdsStoredQueryParamNumber "XDSStoredQueryParamNumber",
    /// More results than can be answered.
    XdsTooManyResults "XDSTooManyResults",
    /// A community does not answer.
    XdsUnavailableCommunity "XDSUnavailableCommunity",
    /// No such community.
    XdsUnknownCommunity "XDSUnknownCommunity",
    /// The patient is not known from the identity feed.
    XdsUnknownPatientId "XDSUnknownPatientId",
    /// No such repository here.
    XdsUnknownRepositoryId "XDSUnknownRepositoryId",
    /// No such stored query.
    XdsUnknownStoredQuery "XDSUnknownStoredQuery",
    /// An update of metadata is refused.
    XdsMetadataUpdateError "XDSMetadataUpdateError",
    /// An update asks for something that is no operation.
    XdsMetadataUpdateOperationError "XDSMetadataUpdateOperationError",
    /// An update would change the patient.
    XdsPatientIdReconciliationError "XDSPatientIDReconciliationError",
    /// An update is of another version than the last.
    XdsMetadataVersionError "XDSMetadataVersionError",
    /// An update names no logicalID, or one that is not known.
    XdsMetadataIdentifierError "XDSMetadataIdentifierError",
    /// An update would change what must not change: objectType.
    XdsObjectTypeError "XDSObjectTypeError",
    /// A restricted update would change what it may not.
    UnmodifiableMetadataError "UnmodifiableMetadataError",
    /// A restricted update does not say which version it follows.
    XdsMetadataAnnotationError "XDSMetadataAnnotationError",
    /// A restricted update brings a first version.
    XdsInvalidRequestException "XDSInvalidRequestException",
    /// What is to be removed is still referred to.
    ReferencesExistException "ReferencesExistException",
    /// A removal names an object that nothing refers to, or leaves one.
    XdsUnreferencedObjectException "XDSUnreferencedObjectException",
    /// Documents were not removed.
    XdsRemoveDocumentsError "XDSRemoveDocumentsError",
    /// Imaging: the request is not valid.
    XdsIRequestError "XDSIRequestError",
    /// Imaging: UIDs that are not known.
    XdsIUnknownIdsUid "XDSIUnknownIdsUid",
}

impl ErrorCode {
    /// The code of a name.
    pub fn from_name(name: &str) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// Whether it warns only: the request succeeds all the same.
    pub fn is_warning(self) -> bool {
        matches!(
            self,
            ErrorCode::DocumentQueued
                | ErrorCode::PartialAppendContentNotProcessed
                | ErrorCode::PartialFolderContentNotProcessed
                | ErrorCode::PartialRelationshipContentNotProcessed
                | ErrorCode::PartialReplaceContentNotProcessed
                | ErrorCode::PartialTransformNotProcessed
                | ErrorCode::PartialTransformReplaceNotProcessed
                | ErrorCode::XdsExtraMetadataNotSaved
        )
    }
}

/// One thing that is wrong with a message, or one warning.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {context} ({section})", code.name())]
pub struct Problem {
    /// Its code.
    pub code: ErrorCode,
    /// The section that holds the rule, such as `ITI TF-2 3.42.4.1.3`.
    pub section: &'static str,
    /// What, where, what to do. Never anything about our insides.
    pub context: String,
    /// Where it arose; towards other communities the homeCommunityId. Usually empty.
    pub location: String,
}

impl Problem {
    /// A problem without a location.
    pub fn new(code: ErrorCode, section: &'static str, context: impl Into<String>) -> Problem {
        Problem { code, section, context: context.into(), location: String::new() }
    }

    /// The `codeContext` of an answer: the context with the section behind it.
    pub fn code_context(&self) -> String {
        match self.section {
            "" => self.context.clone(),
            section => format!("{} ({section})", self.context),
        }
    }
}
