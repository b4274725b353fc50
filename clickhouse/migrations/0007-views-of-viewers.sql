-- One row a session, of what was counted as a viewer's. Seeders, previews and rehearsals are in
-- announces_counted, by their role.
CREATE OR REPLACE VIEW sessions AS
SELECT
    counted.stream AS stream,
    counted.session AS session,
    min(counted.time) AS first_time,
    max(counted.time) AS last_time,
    count() AS announces,
    argMax(counted.browser, (counted.number, counted.time)) AS browser,
    argMax(counted.quality, (counted.number, counted.time)) AS last_quality,
    argMax(counted.state, (counted.number, counted.time)) AS last_state,
    arraySort(groupUniqArray(counted.quality)) AS qualities,
    arraySort(groupUniqArray(counted.tracker)) AS trackers,
    sum(counted.watched_ms) AS watched_ms,
    sum(counted.stalled_ms) AS stalled_ms,
    sum(counted.stalls) AS stalls,
    argMinIf(counted.startup_ms, (counted.number, counted.time), counted.startup_ms IS NOT NULL) AS startup_ms,
    sum(counted.cdn_bytes) AS cdn_bytes,
    sum(counted.peer_bytes) AS peer_bytes,
    sum(counted.uploaded_bytes) AS uploaded_bytes,
    sum(counted.dropped_frames) AS dropped_frames,
    sum(counted.errors) AS errors
FROM announces_counted AS counted
WHERE counted.role = 'viewer'
GROUP BY counted.stream, counted.session;
