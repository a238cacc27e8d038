SELECT holder, until_us FROM lease WHERE name = ?1 AND until_us > ?2
