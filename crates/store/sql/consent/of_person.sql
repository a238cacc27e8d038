SELECT c.id, c.person_id, c.discloser_facility_id, c.viewer_facility_id, c.categories, c.permit,
    c.from_us, c.until_us, c.withdrawn_us, c.basis, c.actor, c.created_us
FROM consent c
WHERE c.person_id = ?1
ORDER BY c.id
