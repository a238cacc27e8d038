SELECT count(*) AS n FROM facility
