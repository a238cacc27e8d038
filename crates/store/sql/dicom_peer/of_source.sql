SELECT id, name, ae_title, our_ae_title, host, port, fingerprint, tls, facility_id, source_id,
    may_store, may_query, disabled
FROM dicom_peer
WHERE source_id = ?1
ORDER BY id
