SELECT id, digest, state, made_us, activated_us, report
FROM link_model
ORDER BY id DESC
LIMIT ?1
