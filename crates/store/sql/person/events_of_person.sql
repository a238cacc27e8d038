SELECT v.id, v.at_us, v.kind, v.identity_id, v.person_before, v.person_after, v.actor, v.evidence,
    v.undoes
FROM identity_event v
JOIN identity i ON i.id = v.identity_id
WHERE i.person_id = ?1
ORDER BY v.id
