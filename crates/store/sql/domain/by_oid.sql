SELECT id, oid, name FROM domain WHERE oid = ?1
