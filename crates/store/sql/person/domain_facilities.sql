SELECT DISTINCT domain_id, facility_id FROM source ORDER BY domain_id, facility_id
