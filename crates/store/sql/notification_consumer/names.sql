SELECT name FROM notification_consumer ORDER BY name
