SELECT id, digest, state, made_us, activated_us, model, report FROM link_model WHERE id = ?1
