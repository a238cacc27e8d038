INSERT INTO link_evidence (identity_id, domain_id, norm_version, evidence, updated_us)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (identity_id) DO UPDATE SET
    norm_version = excluded.norm_version,
    evidence = excluded.evidence,
    updated_us = excluded.updated_us
