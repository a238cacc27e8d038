INSERT INTO character_set_count (source_id, station, device, declared, verdict, instances, last_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (source_id, station, device, declared, verdict) DO UPDATE SET
    instances = character_set_count.instances + excluded.instances,
    last_us = excluded.last_us
