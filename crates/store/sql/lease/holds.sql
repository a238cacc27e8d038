SELECT fencing_token FROM lease WHERE name = ?1 AND holder = ?2 AND fencing_token = ?3
