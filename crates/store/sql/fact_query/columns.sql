SELECT at_us, source_id, document_id, CAST(count(*) AS BIGINT) AS results, restricted
FROM fact
WHERE identity_id IN @IN_INTS(?1) AND kind IN @IN_TEXTS(?2)
GROUP BY at_us, source_id, document_id, restricted
