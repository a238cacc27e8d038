INSERT INTO consent (person_id, discloser_facility_id, viewer_facility_id, categories, permit,
    from_us, until_us, withdrawn_us, basis, actor, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8, ?9, ?10)
RETURNING id
