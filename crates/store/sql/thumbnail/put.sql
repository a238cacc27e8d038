INSERT INTO thumbnail (instance_id, series_id, jpeg, failure, rules_version)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (instance_id) DO UPDATE SET
    jpeg = excluded.jpeg,
    failure = excluded.failure,
    rules_version = excluded.rules_version
