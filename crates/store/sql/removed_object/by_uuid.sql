SELECT removed_us FROM removed_object WHERE entry_uuid = ?1
