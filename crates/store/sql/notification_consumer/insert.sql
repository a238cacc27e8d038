INSERT INTO notification_consumer (name) VALUES (?1) ON CONFLICT (name) DO NOTHING
