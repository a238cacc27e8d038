UPDATE domain SET affinity = 1 WHERE oid = ?1 AND affinity = 0
