INSERT INTO doomed_object (sha256, going)
VALUES (?1, 0)
ON CONFLICT DO NOTHING
