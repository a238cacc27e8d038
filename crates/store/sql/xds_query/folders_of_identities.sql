SELECT id
FROM folder
WHERE identity_id IN @IN_INTS(?1)
    AND availability IN @IN_INTS(?2)
    AND last_update_us >= ?3 AND last_update_us < ?4
ORDER BY id
