SELECT kind, count(*) AS facts FROM fact GROUP BY kind ORDER BY kind
