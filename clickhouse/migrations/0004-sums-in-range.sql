-- The cells that stream_minutes should hold: what verify compares it with and recompute writes.
-- A viewer is in the cell of its highest number of the minute. A sum above 2^53 - 2 stands as that
-- (docs/exactness.md#sums-stay-in-range); UInt64 itself would take 2^28 announces at their bound.
CREATE OR REPLACE VIEW stream_minutes_counted AS
WITH
    9007199254740990 AS sum_max,
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
    least(sum(cell.watched_ms), sum_max) AS watched_ms,
    least(sum(cell.stalled_ms), sum_max) AS stalled_ms,
    least(sum(cell.stalls), sum_max) AS stalls,
    least(sum(cell.cdn_bytes), sum_max) AS cdn_bytes,
    least(sum(cell.peer_bytes), sum_max) AS peer_bytes,
    least(sum(cell.uploaded_bytes), sum_max) AS uploaded_bytes,
    least(sum(cell.dropped_frames), sum_max) AS dropped_frames,
    least(sum(cell.errors), sum_max) AS errors,
    sumForEach(arrayMap(bucket -> toUInt64(bucket = cell.startup_bucket), range(1, length(startup_bounds_ms) + 2))) AS startup_histogram,
    arrayMap(
        count -> least(count, sum_max),
        sumForEach(arrayMap(bucket -> if(bucket = cell.stall_bucket, toUInt64(cell.stalls), 0), range(1, length(stall_bounds_ms) + 2)))
    ) AS stall_histogram
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

-- Cells of which a counter would be larger than it can be: it stands as 9007199254740990 there, and
-- means at least that.
CREATE VIEW IF NOT EXISTS stream_minutes_saturated AS
SELECT cell.*
FROM stream_minutes AS cell FINAL
WHERE has(
    arrayConcat(
        [
            cell.viewers,
            cell.announces,
            cell.watched_ms,
            cell.stalled_ms,
            cell.stalls,
            cell.cdn_bytes,
            cell.peer_bytes,
            cell.uploaded_bytes,
            cell.dropped_frames,
            cell.errors
        ],
        cell.startup_histogram,
        cell.stall_histogram
    ),
    9007199254740990
);
