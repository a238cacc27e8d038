UPDATE series SET thumbnail_instance_id = ?2 WHERE id = ?1
