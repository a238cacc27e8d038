UPDATE lease SET until_us = ?4 WHERE name = ?1 AND holder = ?2 AND fencing_token = ?3
