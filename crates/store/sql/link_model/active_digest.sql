SELECT id, digest FROM link_model WHERE state = 'active' ORDER BY id DESC LIMIT 1
