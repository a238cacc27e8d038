//! The table of limits: every input, queue, loop and retry has one here; the manual prints it.
//! The archive itself has none: no cap on documents, studies or results.

/// One named limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name, unit last.
    pub name: &'static str,
    /// Default value.
    pub value: u64,
    /// What happens beyond it.
    pub beyond: &'static str,
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $constant:ident $name:literal = $value:expr, $beyond:literal;)+) => {
        $($(#[doc = $doc])+ pub const $constant: u64 = $value;)+

        /// Every limit, in the order in which the manual prints them.
        pub const TABLE: &[Limit] = &[$(Limit { name: $name, value: $value, beyond: $beyond }),+];
    };
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

limits! {
    /// One file of an SS-MIX2 storage (security.md §3: 50 MiB).
    SSMIX2_FILE_BYTES "ssmix2_file_bytes" = 50 * MIB, "quarantine: too-large";
    /// Segments in one HL7 v2 message.
    HL7V2_SEGMENTS "hl7v2_segments" = 200_000, "quarantine: too-many-segments";
    /// Bytes in one segment.
    HL7V2_SEGMENT_BYTES "hl7v2_segment_bytes" = 16 * MIB, "quarantine: too-large";
    /// Fields in one segment.
    HL7V2_FIELDS "hl7v2_fields" = 4_096, "the rest of the segment stays one text";
    /// Bytes of a document kept in the database, in the transaction of its metadata.
    DOCUMENT_IN_DATABASE_BYTES "document_in_database_bytes" = 64 * KIB, "kept as an object under its SHA-256";
    /// Depth of a folder walk below a storage root.
    STORAGE_DEPTH "storage_depth" = 8, "not followed";
    /// Bytes of one record of a transaction file.
    TRANSACTION_RECORD_BYTES "transaction_record_bytes" = 50 * MIB, "quarantine: too-large";
    /// Header line of one record of a transaction file.
    TRANSACTION_HEADER_BYTES "transaction_header_bytes" = 4 * KIB, "quarantine: record-malformed";
    /// Characters of one code, name or number within a fact.
    FACT_PART_CHARACTERS "fact_part_characters" = 1_000, "cut, with `…` at its end; the document stays whole";
    /// Entries of one list within a fact (usages, instructions, comments on a whole request).
    FACT_LIST_ENTRIES "fact_list_entries" = 64, "left out of the fact; the document stays whole";
    /// Facts of one document, as JSON in bytes; counted from fact 2,000 on.
    FACTS_BYTES "facts_bytes" = 64 * MIB, "flag: facts-incomplete";
    /// Items read and parsed ahead of the database, per source.
    INTAKE_QUEUE_ITEMS "intake_queue_items" = 512, "reading waits";
    /// Bytes read ahead of the database, per source.
    INTAKE_QUEUE_BYTES "intake_queue_bytes" = 64 * MIB, "reading waits";
    /// Attempts at one item before it is quarantined as `failed`.
    INTAKE_ATTEMPTS "intake_attempts" = 3, "quarantine: failed";
    /// Free disk below which intake stops and reading goes on.
    DISK_FREE_BYTES "disk_free_bytes" = 512 * MIB, "intake stops, pages stay up";
    /// Bytes of an instance that are read before any of it is written, so that nothing stays of
    /// what is not taken; a longer header is read from its object.
    IMAGING_HEAD_BYTES "imaging_head_bytes" = MIB, "written first, then read";
    /// One instance that the archive receives, however it comes.
    IMAGING_INSTANCE_BYTES "imaging_instance_bytes" = 8 * GIB, "refused";
    /// Instances whose bytes are durable and whose rows are not yet.
    IMAGING_COMMIT_QUEUE "imaging_commit_queue" = 256, "senders wait";
    /// Instances that share one transaction.
    IMAGING_COMMIT_GROUP "imaging_commit_group" = 64, "the next group";
    /// Time without a new instance after which a study gets its manifest, in milliseconds.
    IMAGING_QUIET_MS "imaging_quiet_ms" = 10_000, "a later manifest replaces the earlier one";
    /// Instances whose metadata are one part of their series' metadata.
    IMAGING_PART_INSTANCES "imaging_part_instances" = 512, "the next part";
    /// Rows of instances read together.
    IMAGING_PAGE_ROWS "imaging_page_rows" = 1_000, "the next page";
    /// Studies that one worker settles at a time.
    IMAGING_SETTLE_JOBS "imaging_settle_jobs" = 8, "they wait";
    /// Between two looks for studies that are to be settled, in milliseconds.
    IMAGING_SETTLE_INTERVAL_MS "imaging_settle_interval_ms" = 2_000, "the next look";
    /// Age of a source's last complete pass up to which its data counts as present on pages.
    READ_AGE_MS "read_age_ms" = 60 * 60 * 1_000, "pages say since when nothing was read";
    /// Days after which an admission whose discharge was never sent is drawn no further.
    OPEN_STAY_DAYS "open_stay_days" = 90, "the band ends, marked: no discharge recorded";
    /// Use cases waiting for the database's writer.
    WRITER_QUEUE "writer_queue" = 1_024, "callers wait";
    /// Use cases in one group commit.
    WRITER_GROUP "writer_group" = 256, "committed with the next group";
    /// How long a writer waits for another process's write, in milliseconds.
    BUSY_TIMEOUT_MS "busy_timeout_ms" = 30_000, "error: database busy";
    /// How long the writer waits for readers so that its log can begin anew, in milliseconds.
    LOG_RESTART_WAIT_MS "log_restart_wait_ms" = 20, "the log grows until the reader ends";
    /// Repetitions of a PostgreSQL use case after a serialization failure or deadlock.
    TRANSACTION_ATTEMPTS "transaction_attempts" = 5, "error: database busy";
    /// A lease on a source or a job, in milliseconds; renewed while the holder lives.
    LEASE_MS "lease_ms" = 60_000, "another worker may take it; the fencing token shuts the old one out";
    /// Head of an HTTP request.
    HTTP_HEAD_BYTES "http_head_bytes" = 32 * KIB, "431";
    /// Time for the head of an HTTP request, in milliseconds.
    HTTP_HEAD_TIMEOUT_MS "http_head_timeout_ms" = 10_000, "connection closed";
    /// Body of a form posted to a page.
    FORM_BYTES "form_bytes" = 64 * KIB, "413";
    /// Time for one page, in milliseconds.
    PAGE_TIMEOUT_MS "page_timeout_ms" = 10_000, "503";
    /// Open connections of one listener.
    CONNECTIONS "connections" = 4_096, "new ones wait";
    /// Dates on one page of the matrix.
    MATRIX_DATES "matrix_dates" = 40, "next page";
    /// Entries on one page of the list.
    LIST_ENTRIES "list_entries" = 200, "next page";
    /// Dates on one page of images.
    IMAGE_DATES "image_dates" = 30, "next page";
    /// Studies read at once for a page of images.
    STUDY_ROWS "study_rows" = 500, "read in the next step";
    /// Reports, presentation states and documents of one study that its page names.
    STUDY_OTHERS "study_others" = 200, "the page says that there are more";
    /// Characters of a UID in an address (PS3.5 §9.1).
    UID_CHARACTERS "uid_characters" = 64, "no such study";
    /// Lines of the medication list on one page.
    MEDICATION_LINES "medication_lines" = 100, "next page";
    /// Collection times on one page of the flow-sheet.
    FLOWSHEET_COLUMNS "flowsheet_columns" = 20, "next page";
    /// Patients on one page of a search.
    SEARCH_RESULTS "search_results" = 50, "next page; the number found is shown";
    /// Characters of a search.
    SEARCH_CHARACTERS "search_characters" = 64, "400";
    /// Persons that one search may fit before it must be narrowed.
    SEARCH_CANDIDATES "search_candidates" = 5_000, "said so: give more letters or the birth date";
    /// Characters of a text whose differences from another one are marked one by one.
    DIFFERENCE_CHARACTERS "difference_characters" = 256, "marked whole";
    /// Characters of the reason for a link, split or undo.
    IDENTITY_REASON_CHARACTERS "identity_reason_characters" = 500, "422";
    /// Characters of a patient ID in its domain.
    LOCAL_ID_CHARACTERS "local_id_characters" = 64, "refused";
    /// Draws of a community ID until a free one is found.
    COMMUNITY_ID_ATTEMPTS "community_id_attempts" = 32, "error: enrol again";
    /// Persons among which a link may lead to the present one.
    MERGE_STEPS "merge_steps" = 64, "not followed";
    /// Segments rendered on a document's page.
    RENDERED_SEGMENTS "rendered_segments" = 2_000, "said so on the page; the original stays whole";
    /// Failed sign-ins of one account in a row.
    SIGN_IN_FAILURES "sign_in_failures" = 10, "locked for sign_in_lock_ms";
    /// How long an account stays locked, in milliseconds.
    SIGN_IN_LOCK_MS "sign_in_lock_ms" = 15 * 60 * 1_000, "sign-in possible again";
    /// Characters of a new password, at least.
    PASSWORD_MIN_CHARACTERS "password_min_characters" = 10, "refused: too short";
    /// Characters of a password, at most.
    PASSWORD_CHARACTERS "password_characters" = 256, "refused";
    /// Passwords checked at once; each takes 19 MiB and tens of milliseconds.
    PASSWORD_CHECKS "password_checks" = 2, "sign-ins wait";
    /// Time between the password and the second factor, in milliseconds.
    SECOND_FACTOR_MS "second_factor_ms" = 5 * 60 * 1_000, "back to the password";
    /// A session without a request, in milliseconds (security.md J12).
    SESSION_IDLE_MS "session_idle_ms" = 15 * 60 * 1_000, "signed out";
    /// A session in all, in milliseconds.
    SESSION_MS "session_ms" = 12 * 60 * 60 * 1_000, "signed out";
    /// Between two sweeps of sessions that ended without being asked for again, in milliseconds.
    SESSION_SWEEP_MS "session_sweep_ms" = 60 * 1_000, "the next sweep";
    /// Characters of one value of an ebRIM slot (ITI TF-3 4.2.3.1.7).
    XDS_SLOT_VALUE_CHARACTERS "xds_slot_value_characters" = 256, "refused: XDSRegistryMetadataError";
    /// Submissions that the centre prepares together (hashes, facts).
    SINK_CHUNK "sink_chunk" = 64, "the next chunk";
    /// Chunks of submissions on their way through the centre at once, per call.
    SINK_CHUNKS_IN_FLIGHT "sink_chunks_in_flight" = 4, "the next chunk waits";
    /// Earlier versions whose facts one submission may need derived again.
    SINK_DERIVATIONS "sink_derivations" = 64, "error: try again";
    /// Documents of older rules that are read again together.
    REDERIVE_GROUP "rederive_group" = 64, "the next group";
    /// Documents of older rules that are read again at once.
    REDERIVE_AT_ONCE "rederive_at_once" = 2, "the next waits";
    /// Objects of an XDS query that are read together.
    QUERY_CHUNK "query_chunk" = 256, "the next chunk";
    /// Bytes of an answer to an XDS query that are sent together.
    QUERY_ANSWER_BYTES "query_answer_bytes" = 64 * KIB, "the next piece";
    /// Time for which the reader of an XDS answer may take nothing, in milliseconds.
    QUERY_READER_MS "query_reader_ms" = 30_000, "the answer breaks off";
    /// What the reader of an XDS answer takes in a second on the average, at least, in bytes.
    QUERY_READER_BYTES_S "query_reader_bytes_s" = 16 * KIB, "the answer breaks off after query_reader_ms";
    /// Time for a whole answer to an XDS query, in milliseconds: so long may its snapshot last.
    QUERY_ANSWER_MS "query_answer_ms" = 10 * 60 * 1_000, "XDSRegistryBusy, or the answer breaks off";
    /// Answers to queries of one peer that are made at once: fewer than the threads that make them.
    QUERY_PEER_ANSWERS "query_peer_answers" = 2, "its next query waits; after query_reader_ms XDSRegistryBusy";
    /// Bytes of an XDS query's parameters in each of its audit rows.
    AUDIT_QUERY_BYTES "audit_query_bytes" = 64 * KIB, "cut, with `…` at its end";
    /// Small documents of one retrieval that stand in memory together.
    RETRIEVE_MEMORY_BYTES "retrieve_memory_bytes" = 16 * MIB, "the others are read when their turn comes";
    /// Documents that one retrieval (ITI-43) may ask for: as many as its answer may have parts.
    RETRIEVE_DOCUMENTS "retrieve_documents" = MTOM_PARTS - 1, "XDSRepositoryError: ask in several requests";
    /// Documents of one retrieval that are looked up at once.
    RETRIEVE_AT_ONCE "retrieve_at_once" = 4, "the next waits";
    /// Values of one parameter of a stored query.
    QUERY_VALUES "query_values" = 10_000, "XDSRegistryError: ask in several queries";
    /// Characters of one value of a stored query.
    QUERY_VALUE_CHARACTERS "query_value_characters" = 256, "XDSRegistryError";
    /// Patterns of one parameter of a stored query (AuthorPerson).
    QUERY_PATTERNS "query_patterns" = 16, "XDSRegistryError: ask in several queries";
    /// Objects of one XDS submission: documents, folders and associations.
    SUBMISSION_OBJECTS "submission_objects" = 5_000, "XDSRegistryOutOfResources, XDSRepositoryOutOfResources: send several submissions";
    /// How long an object may lie there without a row that names it, in milliseconds.
    OBJECT_UNNAMED_MS "object_unnamed_ms" = 24 * 60 * 60 * 1_000, "deleted by the sweep";
    /// Objects that one step of the sweep looks at.
    OBJECT_SWEEP_FILES "object_sweep_files" = 10_000, "the next step goes on there";
    /// Time between two steps of the sweep, in milliseconds.
    OBJECT_SWEEP_MS "object_sweep_ms" = 10 * 60 * 1_000, "the next step";
    /// Submissions of a gateway on their way to another process at once.
    WIRE_SUBMISSIONS "wire_submissions" = 8, "the next waits";
    /// Messages kept of one peer.
    PEER_MESSAGES "peer_messages" = 20, "the oldest goes";
    /// Bytes kept of one message of a peer, masked.
    PEER_MESSAGE_BYTES "peer_message_bytes" = 32 * KIB, "cut off";
    /// XML input.
    XML_BYTES "xml_bytes" = 8 * MIB, "not rendered; the original stays";
    /// Depth of elements.
    XML_DEPTH "xml_depth" = 128, "error: too deep";
    /// Attributes of one element.
    XML_ATTRIBUTES "xml_attributes" = 256, "error: too many attributes";
    /// Namespaces declared on one element, and in scope of one.
    XML_NAMESPACES "xml_namespaces" = 64, "error: too many namespaces";
    /// Namespaces in scope, summed over the elements that declare one.
    XML_NAMESPACE_COPIES "xml_namespace_copies" = 4_000_000, "error: too many namespaces";
    /// Nodes of a document.
    XML_NODES "xml_nodes" = 500_000, "error: too many nodes";
    /// The SOAP envelope of a message, parts not counted (security.md §3).
    SOAP_ROOT_BYTES "soap_root_bytes" = 8 * MIB, "fault env:Sender, 413";
    /// Bytes of the envelopes that one address reads and answers at once.
    SOAP_ENVELOPES_BYTES "soap_envelopes_bytes" = 64 * MIB, "fault env:Receiver, 503";
    /// An envelope that is parsed where it arrives; a larger one on a thread that may take time.
    SOAP_PARSE_INLINE_BYTES "soap_parse_inline_bytes" = 64 * KIB, "parsed aside";
    /// Read and thrown away of a message whose sender is not known.
    SOAP_STRANGER_BYTES "soap_stranger_bytes" = 64 * KIB, "connection closed";
    /// Characters of one WS-Addressing header.
    SOAP_HEADER_CHARACTERS "soap_header_characters" = 4_096, "fault wsa:InvalidAddressingHeader";
    /// Time between two pieces of a SOAP message on its way in, in milliseconds.
    SOAP_BODY_IDLE_MS "soap_body_idle_ms" = 30_000, "fault env:Sender, 408";
    /// Pieces of a streamed answer made ahead of the network.
    SOAP_ANSWER_QUEUE "soap_answer_queue" = 8, "the producer waits";
    /// Parts of one MTOM message, its envelope included.
    MTOM_PARTS "mtom_parts" = 1_000, "fault env:Sender";
    /// Headers of one part, and what stands before the first and after the last part.
    MTOM_PART_HEADER_BYTES "mtom_part_header_bytes" = 8 * KIB, "fault env:Sender";
    /// One part of an MTOM message, as sent.
    MTOM_PART_BYTES "mtom_part_bytes" = 2 * GIB, "fault env:Sender, 413";
    /// One MTOM message, as sent.
    MTOM_TOTAL_BYTES "mtom_total_bytes" = 20 * GIB, "fault env:Sender, 413";
    /// Parts that stand before the envelope, kept in memory until it comes.
    MTOM_BEFORE_ROOT_BYTES "mtom_before_root_bytes" = 8 * MIB, "fault env:Sender, 413";
    /// Read and thrown away of a message that is answered before its end.
    MTOM_DISCARD_BYTES "mtom_discard_bytes" = 256 * MIB, "connection closed; the sender may not see the answer";
    /// Addresses of one request that trusted proxies tell (`X-Forwarded-For`, `Forwarded`).
    FORWARDED_HOPS "forwarded_hops" = 16, "the last one looked at is taken for the client";
    /// Time to reach a peer, TLS included, in milliseconds.
    PEER_CONNECT_TIMEOUT_MS "peer_connect_timeout_ms" = 10_000, "error: peer not reached";
    /// Time until a peer's answer begins once the request is sent, in milliseconds.
    PEER_ANSWER_TIMEOUT_MS "peer_answer_timeout_ms" = 120_000, "error: no answer in time";
    /// Time between two pieces of a peer's answer, in milliseconds.
    PEER_IDLE_TIMEOUT_MS "peer_idle_timeout_ms" = 30_000, "error: answer broke off";
    /// Connections kept open to one peer while there is nothing to send.
    PEER_IDLE_CONNECTIONS "peer_idle_connections" = 8, "closed after use";
    /// One message of HL7 v2 that comes by MLLP (security.md §3).
    MLLP_FRAME_BYTES "mllp_frame_bytes" = 10 * MIB, "connection closed";
    /// Time for one message of MLLP from its first byte to its last, in milliseconds.
    MLLP_FRAME_MS "mllp_frame_ms" = 60_000, "connection closed";
    /// Time between two messages on one MLLP connection, in milliseconds.
    MLLP_IDLE_MS "mllp_idle_ms" = 12 * 60 * 60 * 1_000, "connection closed";
    /// Bytes outside of messages in a row on an MLLP connection.
    MLLP_NOISE_BYTES "mllp_noise_bytes" = 64 * KIB, "connection closed";
    /// Time for which the sender may not take its MLLP acknowledgement, in milliseconds.
    MLLP_ACKNOWLEDGEMENT_MS "mllp_acknowledgement_ms" = 30_000, "connection closed";
    /// Memory of MLLP connections whose message is larger than one read, summed.
    MLLP_BUFFERED_BYTES "mllp_buffered_bytes" = 256 * MIB, "large messages wait for one another";
    /// One PDU of data that DICOM peers may send (PS3.8 D.1), and the longest that they get.
    DICOM_PDU_BYTES "dicom_pdu_bytes" = 256 * KIB, "A-ABORT";
    /// One request to associate by DICOM, or its answer.
    DICOM_ASSOCIATE_BYTES "dicom_associate_bytes" = 256 * KIB, "A-ABORT";
    /// Presentation contexts of one DICOM association (PS3.8 7.1.1.13 has 128 IDs).
    DICOM_CONTEXTS "dicom_contexts" = 128, "A-ABORT; ours are split over several associations";
    /// Transfer syntaxes of one presentation context.
    DICOM_TRANSFER_SYNTAXES "dicom_transfer_syntaxes" = 80, "A-ABORT";
    /// User information items of one request to associate by DICOM.
    DICOM_USER_ITEMS "dicom_user_items" = 512, "A-ABORT";
    /// One command set of DIMSE.
    DICOM_COMMAND_BYTES "dicom_command_bytes" = 16 * KIB, "A-ABORT";
    /// One identifier of C-FIND, C-GET or C-MOVE, or one list of storage commitment.
    DICOM_IDENTIFIER_BYTES "dicom_identifier_bytes" = 4 * MIB, "A-ABORT";
    /// One data set that comes by C-STORE.
    DICOM_INSTANCE_BYTES "dicom_instance_bytes" = 8 * GIB, "A-ABORT";
    /// Connections to one DICOM address, those that have not associated included.
    DICOM_CONNECTIONS "dicom_connections" = 16_384, "new ones wait";
    /// Associations of one DICOM address.
    DICOM_ASSOCIATIONS "dicom_associations" = 256, "A-ASSOCIATE-RJ: local limit exceeded";
    /// Associations of one peer, by its network address.
    DICOM_PEER_ASSOCIATIONS "dicom_peer_associations" = 64, "A-ASSOCIATE-RJ: local limit exceeded";
    /// C-GET and C-MOVE of one DICOM address that are answered at once.
    DICOM_RETRIEVALS "dicom_retrievals" = 32, "the next waits";
    /// Failed sub-operations of one C-GET or C-MOVE that are named in its answer.
    DICOM_FAILED_NAMED "dicom_failed_named" = 10_000, "counted, not named";
    /// Time for a request to associate by DICOM, or for its answer, in milliseconds.
    DICOM_ASSOCIATE_MS "dicom_associate_ms" = 30_000, "connection closed";
    /// Time between two requests on one DICOM association, in milliseconds.
    DICOM_IDLE_MS "dicom_idle_ms" = 10 * 60 * 1_000, "A-ABORT";
    /// Time between two pieces of one DICOM message, in milliseconds.
    DICOM_DATA_MS "dicom_data_ms" = 60_000, "A-ABORT";
    /// Time for which a DICOM peer may take nothing of what is sent, in milliseconds.
    DICOM_WRITE_MS "dicom_write_ms" = 60_000, "connection closed";
    /// Time until a DICOM peer answers, and between two of its answers, in milliseconds.
    DICOM_ANSWER_MS "dicom_answer_ms" = 10 * 60 * 1_000, "error: no answer in time";
    /// Answers of one C-FIND that we ask.
    DICOM_FIND_ANSWERS "dicom_find_answers" = 100_000, "cancelled; asked again by days, or taken as cut";
    /// SOP Instance UIDs that one C-GET or C-MOVE of ours names.
    DICOM_RETRIEVE_LIST "dicom_retrieve_list" = 500, "asked for in several";
    /// Times that a DICOM server may break off in a row before it counts as down.
    DICOM_RETRIEVE_ATTEMPTS "dicom_retrieve_attempts" = 3, "the source is down; the next turn goes on";
    /// Attempts at a study that somebody asked for, with growing pauses.
    DICOM_WANTED_ATTEMPTS "dicom_wanted_attempts" = 12, "shown as partly held; nightly pulls go on";
    /// Characters of the name of a patient-ID domain.
    DOMAIN_NAME_CHARACTERS "domain_name_characters" = 200, "refused";
    /// Patient IDs in one message of HL7 v2 or v3 (PID-3 and MRG-1 repetitions, patients of an A40);
    /// names, telephones and details of an acknowledgement that are looked at.
    FEED_PATIENT_IDS "feed_patient_ids" = 100, "AE";
    /// Acknowledgements kept of one sender, for the messages that it repeats.
    FEED_RECEIPTS "feed_receipts" = 10_000, "the oldest goes; a later repetition is applied again";
    /// Patients of one answer to ITI-21 or ITI-47 that was asked for without a limit.
    PDQ_ANSWER_PATIENTS "pdq_answer_patients" = 1_000, "the rest by continuation";
    /// Persons that one ITI-21 or ITI-47 query may fit before it must be narrowed.
    PDQ_CANDIDATES "pdq_candidates" = 5_000, "AE: give more of the name, or the birth date";
    /// Parameters of one ITI-21 query; names and IDs of one ITI-47 query.
    PDQ_PARAMETERS "pdq_parameters" = 64, "AE";
    /// Bytes of the parameters of one HL7 query (QPD, queryByParameter).
    QUERY_BYTES "query_bytes" = 64 * KIB, "AE; the parameters are not repeated in the answer";
    /// One request of FHIR (a Patient, Parameters, or a form).
    FHIR_BODY_BYTES "fhir_body_bytes" = MIB, "413";
    /// Time for the body of one FHIR request, in milliseconds.
    FHIR_BODY_MS "fhir_body_ms" = 30_000, "408";
    /// Levels of one FHIR resource.
    FHIR_DEPTH "fhir_depth" = 32, "400";
    /// Elements of one FHIR resource.
    FHIR_ELEMENTS "fhir_elements" = 20_000, "400";
    /// FHIR requests that are read and answered at once.
    FHIR_REQUESTS "fhir_requests" = 64, "they wait";
    /// Parameters of one FHIR request.
    FHIR_PARAMETERS "fhir_parameters" = 64, "400";
    /// Characters of one parameter of a FHIR request.
    FHIR_PARAMETER_CHARACTERS "fhir_parameter_characters" = 2_048, "400";
    /// Patients on one page of a FHIR search, or of a match.
    FHIR_PAGE_PATIENTS "fhir_page_patients" = 200, "the rest by the link to the next page";
    /// Patients on one page of a FHIR search that was asked for without `_count`.
    FHIR_PAGE_DEFAULT_PATIENTS "fhir_page_default_patients" = 50, "the rest by the link to the next page";
    /// Candidates that one page of a FHIR search looks at.
    FHIR_PAGE_CANDIDATES "fhir_page_candidates" = 2_000, "the page ends early, with a link to the next one";
    /// Persons that one FHIR match compares with.
    FHIR_MATCH_CANDIDATES "fhir_match_candidates" = 2_000, "nobody beyond is compared, and none is certain; the answer says so";
    /// Candidates of a FHIR search that are read together.
    FHIR_CANDIDATES_CHUNK "fhir_candidates_chunk" = 250, "the next chunk";
    /// Values of the parameters of one FHIR search, those between commas counted each.
    FHIR_SEARCH_VALUES "fhir_search_values" = 100, "400";
    /// Identifiers of the patient of a FHIR match by which candidates are looked up.
    FHIR_MATCH_IDENTIFIERS "fhir_match_identifiers" = 16, "not looked up; compared all the same";
    /// Lookups of candidates for one FHIR match: names, birth date, identifiers.
    FHIR_MATCH_LOOKUPS "fhir_match_lookups" = 48, "not looked up; compared all the same";
    /// Characters of one explanation in a FHIR OperationOutcome.
    FHIR_DIAGNOSTICS_CHARACTERS "fhir_diagnostics_characters" = 500, "cut";
    /// Domains named in one query (QPD-4 of ITI-9, QPD-8 of ITI-21, and theirs of v3).
    QUERY_DOMAINS "query_domains" = 256, "AE";
    /// Continuations of ITI-21 and ITI-47 kept of one sender.
    PDQ_CONTINUATIONS "pdq_continuations" = 100, "the oldest goes";
    /// Time for which an answer of ITI-21 or ITI-47 can be continued, in milliseconds.
    PDQ_CONTINUATION_MS "pdq_continuation_ms" = 15 * 60 * 1_000, "AE: ask again";
    /// Notifications (ITI-10, ITI-46) taken from the queue together.
    NOTIFICATION_CHUNK "notification_chunk" = 32, "the next chunk";
    /// Time between two looks into the queue of notifications, in milliseconds.
    NOTIFICATION_POLL_MS "notification_poll_ms" = 500, "the next look";
    /// Attempts at one notification; they wait a second, doubled each time, at most an hour.
    NOTIFICATION_ATTEMPTS "notification_attempts" = 500, "given up; the audit says so";
    /// Time for a consumer to acknowledge a notification, in milliseconds.
    NOTIFICATION_ANSWER_MS "notification_answer_ms" = 30_000, "tried again";
    /// Time for the TLS handshake of a connection that comes in, in milliseconds.
    TLS_HANDSHAKE_MS "tls_handshake_ms" = 10_000, "connection closed";
    /// Damaged places and gaiji listed for one item.
    TEXT_FINDINGS "text_findings" = 1_000, "counted, not listed";
    /// Nesting of sequences in one DICOM data set (security.md §3).
    DICOM_DEPTH "dicom_depth" = 64, "error: nested too deep";
    /// Elements and items of one DICOM data set, nested ones included.
    DICOM_ELEMENTS "dicom_elements" = 200_000, "error: too many elements";
    /// One value of a scanned DICOM header; pixel data is never loaded.
    DICOM_VALUE_BYTES "dicom_value_bytes" = 64 * KIB, "not loaded: its place is kept";
    /// All loaded values of one scanned DICOM header.
    DICOM_HEADER_BYTES "dicom_header_bytes" = 64 * MIB, "not loaded: its place is kept";
    /// Fragments of one instance's encapsulated pixel data.
    DICOM_FRAGMENTS "dicom_fragments" = 1_000_000, "error: too many fragments";
    /// Bytes that a byte of a deflated DICOM data set may become, after its first MiB.
    DICOM_INFLATE_RATIO "dicom_inflate_ratio" = 100, "error: inflates too much";
    /// One text node.
    XML_TEXT_BYTES "xml_text_bytes" = 4 * MIB, "error: text too long";
    /// Worker processes at once; fewer where the machine has fewer processors.
    WORKER_CHILDREN "worker_children" = 4, "jobs wait";
    /// Jobs that wait for a worker process.
    WORKER_QUEUE_JOBS "worker_queue_jobs" = 256, "error: busy";
    /// Time of one job of a worker process, in milliseconds.
    WORKER_JOB_MS "worker_job_ms" = 20_000, "the process is ended; the next job has a new one";
    /// Processor time of one job of a worker process, in seconds.
    WORKER_CPU_SECONDS "worker_cpu_seconds" = 10, "the process is ended; the next job has a new one";
    /// Address space of a worker process, in bytes.
    WORKER_MEMORY_BYTES "worker_memory_bytes" = GIB, "the process ends; the next job has a new one";
    /// Bytes of one job of a worker process.
    WORKER_JOB_BYTES "worker_job_bytes" = 256 * MIB, "error: too large";
    /// Bytes of one answer of a worker process.
    WORKER_ANSWER_BYTES "worker_answer_bytes" = 256 * MIB, "the process is ended; error: too large";
    /// Jobs after which a worker process is replaced.
    WORKER_JOBS_PER_CHILD "worker_jobs_per_child" = 10_000, "the next job has a new one";
    /// Pixels of one frame that is rendered.
    RENDER_FRAME_PIXELS "render_frame_pixels" = 64 * 1024 * 1024, "a placeholder says so";
    /// Bytes that a byte of a compressed frame may become, after its first 32 MiB.
    RENDER_EXPANSION "render_expansion" = 200, "a placeholder says so";
    /// Pixels of a rendered picture each way.
    RENDER_VIEWPORT_PIXELS "render_viewport_pixels" = 8_192, "refused";
    /// Files that are read for pictures at once.
    RENDER_READERS "render_readers" = 8, "the others wait";
    /// Time for a worker process to start and limit itself, in milliseconds.
    WORKER_START_MS "worker_start_ms" = 10_000, "error: not started";
    /// Characters of one name, address or number that record linkage looks at.
    LINKAGE_VALUE_CHARACTERS "linkage_value_characters" = 200, "not compared; the record stays whole";
    /// Former names of one identity that record linkage looks at.
    LINKAGE_FORMER_NAMES "linkage_former_names" = 16, "not compared";
    /// Telephone numbers of one identity that record linkage looks at.
    LINKAGE_TELEPHONES "linkage_telephones" = 8, "not compared";
    /// Identities under one blocking key.
    LINKAGE_KEY_HOLDERS "linkage_key_holders" = 500, "logged; nothing under the key is linked automatically";
    /// Records that are settled together when one of them comes or changes.
    LINKAGE_NEIGHBOURHOOD_RECORDS "linkage_neighbourhood_records" = 200, "nothing among them is linked automatically";
    /// Persons of a region whose weights were not estimated yet, for the prior.
    LINKAGE_PERSONS_AT_LEAST "linkage_persons_at_least" = 1_000_000, "the estimated number counts";
    /// Identities whose weights' evidence is looked at in one estimation.
    LINKAGE_ESTIMATE_RECORDS "linkage_estimate_records" = 20_000, "a sample of them";
    /// Percent by which new weights may move the volume of links or of reviews.
    LINKAGE_GUARD_PERCENT "linkage_guard_percent" = 10, "refused; a human looks first";
    /// How often it is looked whether an estimation is due.
    LINKAGE_ESTIMATE_LOOK_MS "linkage_estimate_look_ms" = 10 * 60 * 1_000, "the next look";
    /// Hours between two estimations of weights.
    LINKAGE_ESTIMATE_HOURS "linkage_estimate_hours" = 24, "the next night";
    /// Versions of weights that are kept whole.
    LINKAGE_MODEL_VERSIONS "linkage_model_versions" = 30, "of older ones the report alone is kept";
    /// Identities whose keys are made again in one transaction.
    LINKAGE_REBUILD_IDENTITIES "linkage_rebuild_identities" = 200, "the next transaction";
    /// Reviews on one page of the list.
    REVIEW_PAGE_ROWS "review_page_rows" = 100, "the next page";
    /// Characters of the note to a decision about a review.
    REVIEW_NOTE_CHARACTERS "review_note_characters" = 2_000, "cut";
    /// Time for which one audit row stands for the same asker's requests for one study, in ms.
    IMAGE_ACCESS_AUDIT_MS "image_access_audit_ms" = 5 * 60 * 1_000, "another audit row";
    /// Pairs of asker and study for which a row stands.
    IMAGE_ACCESS_READERS "image_access_readers" = 10_000, "more audit rows than needed";
    /// Names and values in the query of one DICOMweb request.
    DICOMWEB_QUERY_KEYS "dicomweb_query_keys" = 256, "400";
    /// Media ranges that one DICOMweb request may accept.
    DICOMWEB_ACCEPT_RANGES "dicomweb_accept_ranges" = 64, "the rest is not read";
    /// Rows that one step of a DICOMweb answer reads; answers have no cap.
    DICOMWEB_PAGE_ROWS "dicomweb_page_rows" = 500, "the next step";
    /// Bytes of a DICOMweb search that are made before its answer begins.
    DICOMWEB_AHEAD_BYTES "dicomweb_ahead_bytes" = 512 * KIB, "the rest is made while it is sent";
    /// Frames of one request.
    DICOMWEB_FRAMES "dicomweb_frames" = 4_096, "400: ask in several requests";
    /// Side of a thumbnail.
    THUMBNAIL_PIXELS "thumbnail_pixels" = 128, "made smaller";
    /// Values of one DICOM header that a converted copy loads.
    DICOM_COPY_BYTES "dicom_copy_bytes" = 64 * MIB, "only as received";
    /// Bytes of an instance of STOW-RS in which its study is looked for.
    STOW_AHEAD_BYTES "stow_ahead_bytes" = 256 * KIB, "failed: its study is not said";
    /// Instances that one RAD-69 request may ask for.
    IMAGING_DOCUMENTS "imaging_documents" = 20_000, "XDSRepositoryError: ask in several requests";
    /// Rounds of one estimation of weights.
    LINKAGE_ESTIMATE_ROUNDS "linkage_estimate_rounds" = 200, "the last round's weights are taken";
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn names_are_unique_and_every_limit_is_positive() {
        let mut names: Vec<_> = TABLE.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
        assert!(TABLE.iter().all(|limit| limit.value > 0));
    }
}
