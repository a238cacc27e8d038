DELETE FROM notification_consumer WHERE name NOT IN @IN_TEXTS(?1)
