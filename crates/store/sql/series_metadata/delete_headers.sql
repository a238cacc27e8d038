DELETE FROM instance_header WHERE series_id = ?1 AND instance_id IN @IN_INTS(?2)
