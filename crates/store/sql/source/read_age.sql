SELECT read_age_ms FROM source WHERE id = ?1
