-- Availability by provider, surface and month under rule incident_io (partial and major count),
-- classes outage and degradation, as one would write it for these tables alone.
WITH months AS (
    SELECT epoch(m)::BIGINT AS first_s, epoch(m + INTERVAL 1 MONTH)::BIGINT AS last_s,
        year(m) * 12 + month(m) AS month
    FROM range(TIMESTAMP '2022-01-01', TIMESTAMP '2026-01-01', INTERVAL 1 MONTH) AS t(m)
),
covered AS (SELECT provider, surface, page_key, component_id, start_s, end_s FROM coverage),
down AS (
    SELECT s.provider, s.surface, s.page_key, s.component_id, s.start_s,
        coalesce(s.end_s, epoch(TIMESTAMP '2026-01-01')::BIGINT) AS end_s
    FROM component_states AS s LEFT JOIN incidents AS i USING (page_key, incident_id)
    WHERE s.state IN ('partial', 'major') AND s.basis <> 'monitor'
        AND (i.class IS NULL OR i.class IN ('outage', 'degradation'))
),
seen AS (
    SELECT d.provider, d.surface, greatest(d.start_s, c.start_s) AS start_s,
        least(d.end_s, c.end_s) AS end_s
    FROM down AS d JOIN covered AS c USING (provider, surface, page_key, component_id)
    WHERE d.start_s < c.end_s AND c.start_s < d.end_s
),
dated AS (
    SELECT *, date_trunc('month', to_timestamp(start_s)) AS begun,
        date_trunc('month', to_timestamp(end_s - 1)) AS ended
    FROM seen
),
cut AS (
    SELECT provider, surface, year(begun) * 12 + month(begun) AS month, start_s, end_s
    FROM dated WHERE begun = ended
    UNION ALL
    SELECT provider, surface, month, greatest(start_s, first_s), least(end_s, last_s)
    FROM dated, months WHERE begun <> ended AND start_s < last_s AND first_s < end_s
),
reached AS (
    SELECT *, max(end_s) OVER (
        PARTITION BY provider, surface, month ORDER BY start_s, end_s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_s
    FROM cut
),
lasted AS (
    SELECT provider, surface, month,
        sum(greatest(0, end_s - greatest(start_s, coalesce(before_s, start_s)))) AS down_s
    FROM reached GROUP BY ALL
),
observed AS (
    SELECT provider, surface, month, start_s, end_s, max(end_s) OVER (
        PARTITION BY provider, surface, month ORDER BY start_s, end_s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_s
    FROM (
        SELECT provider, surface, month, greatest(start_s, first_s) AS start_s,
            least(end_s, last_s) AS end_s
        FROM covered, months WHERE start_s < last_s AND first_s < end_s)
),
known AS (
    SELECT provider, surface, month,
        sum(greatest(0, end_s - greatest(start_s, coalesce(before_s, start_s)))) AS known_s
    FROM observed GROUP BY ALL
)
SELECT provider, surface, month, 1 - coalesce(down_s, 0)::DOUBLE / known_s::DOUBLE AS value
FROM known LEFT JOIN lasted USING (provider, surface, month)
ORDER BY ALL
