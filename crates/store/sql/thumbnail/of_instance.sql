SELECT instance_id, jpeg, failure FROM thumbnail WHERE instance_id = ?1
