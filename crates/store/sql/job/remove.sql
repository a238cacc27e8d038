DELETE FROM job WHERE id = ?1 AND fencing_token = ?2 AND leased_until_us > 0 AND revision = ?3
