SELECT state, reason, since_us, last_contact_us, last_item_us FROM source_state WHERE source_id = ?1
