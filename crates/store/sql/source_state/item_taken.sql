UPDATE source_state SET last_item_us = ?2, last_contact_us = ?2 WHERE source_id = ?1
