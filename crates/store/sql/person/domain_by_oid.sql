SELECT id FROM domain WHERE oid = ?1
