DELETE FROM link_key WHERE identity_id = ?1 AND key NOT IN @IN_INTS(?2)
