-- The count (docs/exactness.md#the-count): of all announces in time for their minute, the first
-- copy of each (stream, session, number). LIMIT BY takes the first in the order of the log, and a row
-- that was inserted twice counts once with it, so FINAL isn't needed.
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
GROUP BY counted.stream, counted.session;

-- The cells that stream_minutes should hold: what verify compares it with and recompute writes.
-- A viewer is in the cell of its highest number of the minute.
CREATE VIEW IF NOT EXISTS stream_minutes_counted AS
WITH
    (SELECT argMax(interval_ms, changed_at) FROM cluster_settings) AS interval_ms,
    [50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000] AS startup_bounds_ms,
    [100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000, 60000] AS stall_bounds_ms
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    toDateTime(intDiv(cell.minute * interval_ms, 1000), 'UTC') AS time,
    cell.quality AS quality,
    cell.browser AS browser,
    countIf(cell.is_last) AS viewers,
    count() AS announces,
    sum(cell.watched_ms) AS watched_ms,
    sum(cell.stalled_ms) AS stalled_ms,
    sum(cell.stalls) AS stalls,
    sum(cell.cdn_bytes) AS cdn_bytes,
    sum(cell.peer_bytes) AS peer_bytes,
    sum(cell.uploaded_bytes) AS uploaded_bytes,
    sum(cell.dropped_frames) AS dropped_frames,
    sum(cell.errors) AS errors,
    sumForEach(arrayMap(bucket -> toUInt64(bucket = cell.startup_bucket), range(1, length(startup_bounds_ms) + 2))) AS startup_histogram,
    sumForEach(arrayMap(bucket -> if(bucket = cell.stall_bucket, toUInt64(cell.stalls), 0), range(1, length(stall_bounds_ms) + 2))) AS stall_histogram
FROM
(
    SELECT
        *,
        number = max(number) OVER (PARTITION BY stream, minute, session) AS is_last,
        -- Buckets from 1; 0 where there is nothing to count. A stall counts with the announce's mean length.
        multiIf(
            startup_ms IS NULL, 0,
            ifNull(startup_ms, 0) > startup_bounds_ms[-1], length(startup_bounds_ms) + 1,
            arrayFirstIndex(bound -> ifNull(startup_ms, 0) <= bound, startup_bounds_ms)
        ) AS startup_bucket,
        multiIf(
            stalls = 0, 0,
            stalled_ms / stalls > stall_bounds_ms[-1], length(stall_bounds_ms) + 1,
            arrayFirstIndex(bound -> stalled_ms / stalls <= bound, stall_bounds_ms)
        ) AS stall_bucket
    FROM announces_counted
) AS cell
GROUP BY cell.stream, cell.minute, cell.quality, cell.browser;
