//! AdhocQueryRequest to a typed query. Parameters that a query does not know are ignored (ebRS
//! 3.0 6.3.2).

use super::parameter::Parameters;
use super::{
    ContentFilter, Contents, FindDocuments, FindFolders, FindSubmissionSets, GetAll, QueryRequest,
    RelatedDocuments, ReturnType, StoredQuery, ids,
};
use crate::names::{QUERY, RIM};
use crate::problem::{ErrorCode, Problem};
use crate::raw::attribute;
use model::document::AssociationType;
use xml::Element;

const REQUEST: &str = "ITI TF-2 3.18.4.1.2.3";
const RETURN_TYPE: &str = "ITI TF-2 3.18.4.1.2.3.1";
const REFERENCE_IDS: &str = "$XDSDocumentEntryReferenceIdList";
const DOCUMENT_IDS: [&str; 3] =
    ["$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId", "$XDSDocumentEntryLogicalID"];
const FOLDER_IDS: [&str; 3] = ["$XDSFolderEntryUUID", "$XDSFolderUniqueId", "$XDSFolderLogicalID"];
const SET_IDS: [&str; 2] = ["$XDSSubmissionSetEntryUUID", "$XDSSubmissionSetUniqueId"];

/// Reads an AdhocQueryRequest.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_query(request: Element<'_>) -> Result<QueryRequest, Vec<Problem>> {
    let query = request.child(RIM, "AdhocQuery").filter(|_| request.is(QUERY, "AdhocQueryRequest"));
    let Some(query) = query else {
        let context = format!("{} is no AdhocQueryRequest with an AdhocQuery", request.name());
        return Err(vec![Problem::new(ErrorCode::XdsRegistryError, REQUEST, context)]);
    };
    let id = attribute(query, "id");
    let mut parameters = Parameters::of(query);
    let Some(stored) = stored_query(id, &mut parameters) else {
        let context = format!("{id:?} is no stored query of this registry");
        return Err(vec![Problem::new(ErrorCode::XdsUnknownStoredQuery, REQUEST, context)]);
    };
    let metadata_level = match parameters.one("$MetadataLevel") {
        Some(level) => level.parse().unwrap_or(1),
        None => 1,
    };
    let association_status = parameters.optional_statuses("$XDSAssociationStatus");
    let option = request.child(QUERY, "ResponseOption");
    let wanted = option.map(|option| attribute(option, "returnType")).unwrap_or_default();
    let returns = match wanted {
        "LeafClass" => ReturnType::LeafClass,
        "ObjectRef" => ReturnType::ObjectRef,
        _ => {
            let context = format!("returnType {wanted:?} is neither ObjectRef nor LeafClass");
            parameters.malformed(RETURN_TYPE, context);
            ReturnType::LeafClass
        }
    };
    if !parameters.problems.is_empty() {
        return Err(parameters.problems);
    }
    Ok(QueryRequest {
        query: stored,
        returns,
        home_community_id: attribute(query, "home").to_owned(),
        metadata_level,
        association_status,
    })
}

fn stored_query(id: &str, parameters: &mut Parameters) -> Option<StoredQuery> {
    Some(match id.to_ascii_lowercase().as_str() {
        ids::FIND_DOCUMENTS => StoredQuery::FindDocuments(find_documents(parameters, false)),
        ids::FIND_DOCUMENTS_BY_REFERENCE_ID => {
            StoredQuery::FindDocumentsByReferenceId(by_reference_id(parameters, false))
        }
        ids::FIND_SUBMISSION_SETS => {
            StoredQuery::FindSubmissionSets(find_submission_sets(parameters))
        }
        ids::FIND_FOLDERS => StoredQuery::FindFolders(find_folders(parameters, false)),
        ids::GET_ALL => StoredQuery::GetAll(get_all(parameters)),
        ids::GET_DOCUMENTS => StoredQuery::GetDocuments(parameters.ids(&DOCUMENT_IDS, false)),
        ids::GET_FOLDERS => StoredQuery::GetFolders(parameters.ids(&FOLDER_IDS, false)),
        ids::GET_ASSOCIATIONS => StoredQuery::GetAssociations(parameters.uuids()),
        ids::GET_DOCUMENTS_AND_ASSOCIATIONS => {
            StoredQuery::GetDocumentsAndAssociations(parameters.ids(&DOCUMENT_IDS[..2], false))
        }
        ids::GET_SUBMISSION_SETS => StoredQuery::GetSubmissionSets(parameters.uuids()),
        ids::GET_SUBMISSION_SET_AND_CONTENTS => {
            StoredQuery::GetSubmissionSetAndContents(contents(parameters, &SET_IDS))
        }
        ids::GET_FOLDER_AND_CONTENTS => {
            StoredQuery::GetFolderAndContents(contents(parameters, &FOLDER_IDS[..2]))
        }
        ids::GET_FOLDERS_FOR_DOCUMENT => {
            StoredQuery::GetFoldersForDocument(parameters.ids(&DOCUMENT_IDS[..2], true))
        }
        ids::GET_RELATED_DOCUMENTS => {
            StoredQuery::GetRelatedDocuments(related_documents(parameters))
        }
        ids::MPQ_DOCUMENTS => {
            StoredQuery::FindDocumentsForMultiplePatients(find_documents(parameters, true))
        }
        ids::MPQ_FOLDERS => {
            StoredQuery::FindFoldersForMultiplePatients(find_folders(parameters, true))
        }
        ids::MPQ_DOCUMENTS_BY_REFERENCE_ID => {
            let query = by_reference_id(parameters, true);
            StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(query)
        }
        _ => return None,
    })
}

/// FindDocuments (ITI TF-2 3.18.4.1.2.3.7.1), for several patients 3.51.4.1.2.1.1.
fn find_documents(parameters: &mut Parameters, is_multi: bool) -> Box<FindDocuments> {
    let query = documents(parameters, is_multi);
    if is_multi {
        let is_narrow = !query.patients.is_empty()
            || !query.class_codes.is_empty()
            || !query.event_codes.is_empty()
            || !query.facility_types.is_empty();
        let names =
            "$XDSDocumentEntryPatientId, -ClassCode, -EventCodeList or -HealthcareFacilityTypeCode";
        parameters.require(is_narrow, names);
    }
    query
}

/// FindDocumentsByReferenceId (ITI TF-2 3.18.4.1.2.3.7.14).
fn by_reference_id(parameters: &mut Parameters, is_multi: bool) -> Box<FindDocuments> {
    let mut query = documents(parameters, is_multi);
    query.reference_ids = parameters.groups(REFERENCE_IDS);
    parameters.require(!query.reference_ids.is_empty(), REFERENCE_IDS);
    query
}

fn documents(parameters: &mut Parameters, is_multi: bool) -> Box<FindDocuments> {
    Box::new(FindDocuments {
        patients: patients(parameters, "$XDSDocumentEntryPatientId", is_multi),
        availability: parameters.statuses("$XDSDocumentEntryStatus"),
        class_codes: parameters.codes("$XDSDocumentEntryClassCode"),
        type_codes: parameters.codes("$XDSDocumentEntryTypeCode"),
        practice_settings: parameters.codes("$XDSDocumentEntryPracticeSettingCode"),
        facility_types: parameters.codes("$XDSDocumentEntryHealthcareFacilityTypeCode"),
        format_codes: parameters.codes("$XDSDocumentEntryFormatCode"),
        event_codes: parameters.code_groups("$XDSDocumentEntryEventCodeList"),
        confidentiality: parameters.code_groups("$XDSDocumentEntryConfidentialityCode"),
        authors: parameters.patterns("$XDSDocumentEntryAuthorPerson"),
        creation: parameters.span("$XDSDocumentEntryCreationTime"),
        service_start: parameters.span("$XDSDocumentEntryServiceStartTime"),
        service_stop: parameters.span("$XDSDocumentEntryServiceStopTime"),
        kinds: parameters.kinds(),
        reference_ids: Vec::new(),
    })
}

fn find_submission_sets(parameters: &mut Parameters) -> Box<FindSubmissionSets> {
    Box::new(FindSubmissionSets {
        patient: parameters.patient("$XDSSubmissionSetPatientId"),
        availability: parameters.statuses("$XDSSubmissionSetStatus"),
        source_oids: parameters.list("$XDSSubmissionSetSourceId"),
        submitted: parameters.span("$XDSSubmissionSetSubmissionTime"),
        author: parameters.one("$XDSSubmissionSetAuthorPerson").map(super::Pattern),
        content_types: parameters.codes("$XDSSubmissionSetContentType"),
    })
}

fn find_folders(parameters: &mut Parameters, is_multi: bool) -> Box<FindFolders> {
    let query = FindFolders {
        patients: patients(parameters, "$XDSFolderPatientId", is_multi),
        availability: parameters.statuses("$XDSFolderStatus"),
        last_update: parameters.span("$XDSFolderLastUpdateTime"),
        codes: parameters.code_groups("$XDSFolderCodeList"),
    };
    if is_multi {
        let is_narrow = !query.patients.is_empty() || !query.codes.is_empty();
        parameters.require(is_narrow, "$XDSFolderPatientId or $XDSFolderCodeList");
    }
    Box::new(query)
}

fn get_all(parameters: &mut Parameters) -> Box<GetAll> {
    Box::new(GetAll {
        patient: parameters.patient("$patientId"),
        document_availability: parameters.statuses("$XDSDocumentEntryStatus"),
        set_availability: parameters.statuses("$XDSSubmissionSetStatus"),
        folder_availability: parameters.statuses("$XDSFolderStatus"),
        filter: filter(parameters),
    })
}

fn contents(parameters: &mut Parameters, names: &[&str]) -> Box<Contents> {
    Box::new(Contents { of: parameters.ids(names, true), filter: filter(parameters) })
}

fn filter(parameters: &mut Parameters) -> ContentFilter {
    ContentFilter {
        format_codes: parameters.codes("$XDSDocumentEntryFormatCode"),
        confidentiality: parameters.code_groups("$XDSDocumentEntryConfidentialityCode"),
        kinds: parameters.kinds(),
    }
}

fn related_documents(parameters: &mut Parameters) -> Box<RelatedDocuments> {
    let of = parameters.ids(&DOCUMENT_IDS[..2], true);
    let types = parameters.list("$AssociationTypes");
    parameters.require(!types.is_empty(), "$AssociationTypes");
    Box::new(RelatedDocuments {
        of,
        association_types: types.iter().filter_map(|t| AssociationType::from_name(t)).collect(),
        kinds: parameters.kinds(),
    })
}

fn patients(parameters: &mut Parameters, name: &str, is_multi: bool) -> Vec<model::hl7::PatientId> {
    match is_multi {
        true => parameters.patients(name),
        false => vec![parameters.patient(name)],
    }
}
