UPDATE series SET told_instances = ?3 WHERE study_id = ?1 AND series_instance_uid = ?2
