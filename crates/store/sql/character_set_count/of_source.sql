SELECT station, device, declared, verdict, instances, last_us
FROM character_set_count
WHERE source_id = ?1
ORDER BY instances DESC, station, device, declared, verdict
