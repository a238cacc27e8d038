-- The row stays, so that tokens go on growing.
UPDATE lease SET until_us = 0, holder = '' WHERE name = ?1 AND holder = ?2 AND fencing_token = ?3
