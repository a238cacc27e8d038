UPDATE link_model SET model = '' WHERE id <= ?1 AND state <> 'active' AND model <> ''
