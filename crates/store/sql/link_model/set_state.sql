UPDATE link_model SET state = ?2, activated_us = coalesce(?3, activated_us) WHERE id = ?1
