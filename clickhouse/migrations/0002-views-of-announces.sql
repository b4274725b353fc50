-- The count (DESIGN §3): of all announces in time for their minute, the first copy of each
-- (stream, session, number). LIMIT BY takes the first in the order of the log, and a row that was
-- inserted twice counts once with it, so FINAL isn't needed.
CREATE VIEW IF NOT EXISTS announces_counted AS
WITH (SELECT argMax((interval_ms, late_ms, grace_ms), changed_at) FROM cluster_settings) AS times
SELECT announces.*
FROM announces
WHERE toUnixTimestamp64Milli(log_append_time) <= (minute + 1) * times.1 + times.2
  AND toUnixTimestamp64Milli(log_append_time) + times.3 >= minute * times.1
ORDER BY stream, session, kafka_partition, kafka_offset, batch_index
LIMIT 1 BY stream, session, minute, number;

-- What was not in time for its minute: kept, not counted.
CREATE VIEW IF NOT EXISTS announces_late AS
WITH (SELECT argMax((interval_ms, late_ms, grace_ms), changed_at) FROM cluster_settings) AS times
SELECT
    announces.*,
    if(toUnixTimestamp64Milli(log_append_time) + times.3 < minute * times.1, 'early', 'late') AS reason
FROM announces FINAL
WHERE toUnixTimestamp64Milli(log_append_time) > (minute + 1) * times.1 + times.2
   OR toUnixTimestamp64Milli(log_append_time) + times.3 < minute * times.1;

-- One row a session, of what was counted.
CREATE VIEW IF NOT EXISTS sessions AS
SELECT
    counted.stream AS stream,
    counted.session AS session,
    min(counted.time) AS first_time,
    max(counted.time) AS last_time,
    count() AS announces,
    argMax(counted.browser, counted.number) AS browser,
    argMax(counted.quality, counted.number) AS last_quality,
    argMax(counted.state, counted.number) AS last_state,
    arraySort(groupUniqArray(counted.quality)) AS qualities,
    arraySort(groupUniqArray(counted.tracker)) AS trackers,
    sum(counted.watched_ms) AS watched_ms,
    sum(counted.stalled_ms) AS stalled_ms,
    sum(counted.stalls) AS stalls,
    argMinIf(counted.startup_ms, counted.number, counted.startup_ms IS NOT NULL) AS startup_ms,
    sum(counted.cdn_bytes) AS cdn_bytes,
    sum(counted.peer_bytes) AS peer_bytes,
    sum(counted.uploaded_bytes) AS uploaded_bytes,
    sum(counted.dropped_frames) AS dropped_frames,
    sum(counted.errors) AS errors
FROM announces_counted AS counted
GROUP BY counted.stream, counted.session;
