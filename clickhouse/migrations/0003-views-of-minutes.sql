-- All of these are sums over the cells of stream_minutes. A cell without announces is one that a
-- correction emptied: left out.
CREATE VIEW IF NOT EXISTS viewers_per_minute AS
WITH (SELECT argMax(interval_ms, changed_at) FROM cluster_settings) AS interval_ms
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.viewers) AS viewers,
    sum(cell.watched_ms) / interval_ms AS viewers_average,
    sum(cell.announces) AS announces
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

CREATE VIEW IF NOT EXISTS viewers_by_quality AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    cell.quality AS quality,
    sum(cell.viewers) AS viewers,
    sum(cell.watched_ms) AS watched_ms
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time, cell.quality;

-- share: of the viewers of the stream's minute.
CREATE VIEW IF NOT EXISTS browser_usage AS
SELECT
    *,
    viewers / nullIf(sum(viewers) OVER (PARTITION BY stream, minute), 0) AS share
FROM
(
    SELECT
        cell.stream AS stream,
        cell.minute AS minute,
        cell.time AS time,
        cell.browser AS browser,
        sum(cell.viewers) AS viewers,
        sum(cell.watched_ms) AS watched_ms
    FROM stream_minutes AS cell FINAL
    WHERE cell.announces > 0
    GROUP BY cell.stream, cell.minute, cell.time, cell.browser
);

-- share: of the viewers of that quality in the stream's minute.
CREATE VIEW IF NOT EXISTS browser_usage_by_quality AS
SELECT
    *,
    viewers / nullIf(sum(viewers) OVER (PARTITION BY stream, minute, quality), 0) AS share
FROM
(
    SELECT
        cell.stream AS stream,
        cell.minute AS minute,
        cell.time AS time,
        cell.quality AS quality,
        cell.browser AS browser,
        cell.viewers AS viewers,
        cell.watched_ms AS watched_ms
    FROM stream_minutes AS cell FINAL
    WHERE cell.announces > 0
);

CREATE VIEW IF NOT EXISTS traffic AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    cell.quality AS quality,
    sum(cell.cdn_bytes) AS cdn_bytes,
    sum(cell.peer_bytes) AS peer_bytes,
    sum(cell.uploaded_bytes) AS uploaded_bytes
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time, cell.quality;

-- offload: the share of what viewers fetched that came from peers; NULL where nothing was fetched.
CREATE VIEW IF NOT EXISTS offload AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.cdn_bytes) AS cdn_bytes,
    sum(cell.peer_bytes) AS peer_bytes,
    sum(cell.peer_bytes) / nullIf(sum(cell.cdn_bytes) + sum(cell.peer_bytes), 0) AS offload
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

-- stall_ratio: stalled / (watched + stalled). Percentiles are linear within their histogram bucket, as
-- quantileOf in schemas/histograms.ts has it; NULL where nothing was counted.
CREATE VIEW IF NOT EXISTS quality_of_experience AS
WITH
    [50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000] AS startup_bounds_ms,
    [100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000, 60000] AS stall_bounds_ms,
    (histogram, bounds, quantile) -> if(
        arraySum(histogram) = 0,
        NULL,
        arrayFirst(
            value -> value IS NOT NULL,
            arrayMap(
                (count, below_and_count, lower, upper) -> if(
                    count > 0 AND below_and_count >= quantile * arraySum(histogram),
                    lower + (upper - lower) * greatest(0, quantile * arraySum(histogram) - (below_and_count - count)) / count,
                    NULL
                ),
                histogram,
                arrayCumSum(histogram),
                arrayPushFront(bounds, 0),
                arrayPushBack(bounds, bounds[-1])
            )
        )
    ) AS quantile_of
SELECT
    stream,
    minute,
    time,
    viewers,
    watched_ms,
    stalled_ms,
    stalled_ms / nullIf(watched_ms + stalled_ms, 0) AS stall_ratio,
    stalls,
    arraySum(startup_histogram) AS startups,
    quantile_of(startup_histogram, startup_bounds_ms, 0.5) AS startup_p50_ms,
    quantile_of(startup_histogram, startup_bounds_ms, 0.95) AS startup_p95_ms,
    quantile_of(stall_histogram, stall_bounds_ms, 0.5) AS stall_p50_ms,
    quantile_of(stall_histogram, stall_bounds_ms, 0.95) AS stall_p95_ms,
    dropped_frames,
    errors,
    startup_histogram,
    stall_histogram
FROM
(
    SELECT
        cell.stream AS stream,
        cell.minute AS minute,
        cell.time AS time,
        sum(cell.viewers) AS viewers,
        sum(cell.watched_ms) AS watched_ms,
        sum(cell.stalled_ms) AS stalled_ms,
        sum(cell.stalls) AS stalls,
        sum(cell.dropped_frames) AS dropped_frames,
        sum(cell.errors) AS errors,
        sumForEach(cell.startup_histogram) AS startup_histogram,
        sumForEach(cell.stall_histogram) AS stall_histogram
    FROM stream_minutes AS cell FINAL
    WHERE cell.announces > 0
    GROUP BY cell.stream, cell.minute, cell.time
);
