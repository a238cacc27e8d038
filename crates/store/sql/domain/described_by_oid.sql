SELECT d.id, d.oid, d.name, d.affinity, d.digits, d.padded, d.check_digit
FROM domain d
WHERE d.oid = ?1
