INSERT INTO dicom_peer (name, ae_title, our_ae_title, host, port, fingerprint, tls, facility_id,
    source_id, may_store, may_query, disabled, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12)
ON CONFLICT DO NOTHING
RETURNING id
