-- The same counters as in stream_minutes, by one facet at a time. One row a value of a facet in a stream's
-- minute: the values of a facet, with 'untold' for announces that don't tell it, add up to the stream's
-- total. Written by the rollup; the highest version counts.
CREATE TABLE IF NOT EXISTS stream_minute_facets
(
    stream LowCardinality(String),
    minute UInt64 COMMENT 'floor(time / interval)' CODEC(Delta, ZSTD(1)),
    time DateTime('UTC') COMMENT 'the minute''s start' CODEC(Delta, ZSTD(1)),
    facet LowCardinality(String) COMMENT 'country, network, device, system, player, holdback, or label. and a label''s name',
    value LowCardinality(String),
    viewers UInt64,
    announces UInt64,
    watched_ms UInt64,
    stalled_ms UInt64,
    stalls UInt64,
    cdn_bytes UInt64,
    peer_bytes UInt64,
    uploaded_bytes UInt64,
    dropped_frames UInt64,
    errors UInt64,
    startup_histogram Array(UInt64) COMMENT 'buckets up to 50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000 ms and above',
    stall_histogram Array(UInt64) COMMENT 'buckets up to 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000, 60000 ms and above',
    views_begun UInt64,
    views_played UInt64,
    starts_failed UInt64,
    starts_given_up UInt64,
    playbacks_failed UInt64,
    errors_network UInt64,
    errors_media UInt64,
    errors_drm UInt64,
    errors_player UInt64,
    quality_switches UInt64,
    played_bits UInt64,
    played_bitrate_ms UInt64,
    starting_ms UInt64,
    seeking_ms UInt64,
    paused_ms UInt64,
    waiting_ms UInt64,
    cdn_alone_bytes UInt64,
    cdn_policy_bytes UInt64,
    cdn_starting_bytes UInt64,
    cdn_unconnected_bytes UInt64,
    cdn_connected_bytes UInt64,
    seeder_bytes UInt64,
    connections_tried UInt64,
    connections_made UInt64,
    seeder_cdn_bytes UInt64,
    seeder_uploaded_bytes UInt64,
    latency_histogram Array(UInt64) COMMENT 'buckets up to 500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 8000, 10000, 12500, 15000, 20000, 25000, 30000, 45000, 60000, 120000, 600000, 3600000 ms and above',
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(time)
ORDER BY (stream, facet, minute, value)
SETTINGS fsync_after_insert = 1;

-- The values that stream_minute_facets should hold, but for 'untold', which is what is left of the stream's
-- total. A viewer has the value of its highest number of the minute, where that is a viewer's.
CREATE VIEW IF NOT EXISTS stream_minute_facets_counted AS
WITH
    9007199254740990 AS sum_max,
    (SELECT argMax(interval_ms, changed_at) FROM cluster_settings) AS interval_ms,
    [50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000] AS startup_bounds_ms,
    [100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000, 60000] AS stall_bounds_ms,
    [500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 8000, 10000, 12500, 15000, 20000, 25000, 30000, 45000, 60000, 120000, 600000, 3600000] AS latency_bounds_ms
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    toDateTime(intDiv(cell.minute * interval_ms, 1000), 'UTC') AS time,
    cell.told.1 AS facet,
    cell.told.2 AS value,
    countIf(cell.is_last AND cell.is_viewer) AS viewers,
    count() AS announces,
    least(sumIf(cell.watched_ms, cell.is_viewer), sum_max) AS watched_ms,
    least(sumIf(cell.stalled_ms, cell.is_viewer), sum_max) AS stalled_ms,
    least(sumIf(cell.stalls, cell.is_viewer), sum_max) AS stalls,
    least(sumIf(cell.cdn_bytes, cell.is_viewer), sum_max) AS cdn_bytes,
    least(sumIf(cell.peer_bytes, cell.is_viewer), sum_max) AS peer_bytes,
    least(sumIf(cell.uploaded_bytes, cell.is_viewer), sum_max) AS uploaded_bytes,
    least(sumIf(cell.dropped_frames, cell.is_viewer), sum_max) AS dropped_frames,
    least(sumIf(cell.errors, cell.is_viewer), sum_max) AS errors,
    sumForEach(arrayMap(bucket -> toUInt64(cell.is_viewer AND bucket = cell.startup_bucket), range(1, length(startup_bounds_ms) + 2))) AS startup_histogram,
    arrayMap(
        count -> least(count, sum_max),
        sumForEach(arrayMap(bucket -> if(cell.is_viewer AND bucket = cell.stall_bucket, toUInt64(cell.stalls), 0), range(1, length(stall_bounds_ms) + 2)))
    ) AS stall_histogram,
    countIf(cell.is_second AND cell.number = 0) AS views_begun,
    countIf(cell.is_second AND cell.startup_ms IS NOT NULL) AS views_played,
    countIf(cell.is_second AND cell.failure = 'start_failed') AS starts_failed,
    countIf(cell.is_second AND cell.failure = 'start_given_up') AS starts_given_up,
    countIf(cell.is_second AND cell.failure = 'playback_failed') AS playbacks_failed,
    least(sumIf(cell.errors_network, cell.is_second), sum_max) AS errors_network,
    least(sumIf(cell.errors_media, cell.is_second), sum_max) AS errors_media,
    least(sumIf(cell.errors_drm, cell.is_second), sum_max) AS errors_drm,
    least(sumIf(cell.errors_player, cell.is_second), sum_max) AS errors_player,
    least(sumIf(cell.quality_switches, cell.is_second), sum_max) AS quality_switches,
    least(sumIf(toUInt64(cell.watched_ms) * ifNull(cell.encoded_bitrate_kbps, 0), cell.is_second), sum_max) AS played_bits,
    least(sumIf(cell.watched_ms, cell.is_second AND cell.encoded_bitrate_kbps IS NOT NULL), sum_max) AS played_bitrate_ms,
    least(sumIf(cell.starting_ms, cell.is_second), sum_max) AS starting_ms,
    least(sumIf(cell.seeking_ms, cell.is_second), sum_max) AS seeking_ms,
    least(sumIf(cell.paused_ms, cell.is_second), sum_max) AS paused_ms,
    least(sumIf(cell.waiting_ms, cell.is_second), sum_max) AS waiting_ms,
    least(sumIf(cell.cdn_bytes, cell.is_second AND cell.cdn_reason = 'alone'), sum_max) AS cdn_alone_bytes,
    least(sumIf(cell.cdn_bytes, cell.is_second AND cell.cdn_reason = 'policy'), sum_max) AS cdn_policy_bytes,
    least(sumIf(cell.cdn_bytes, cell.is_second AND cell.cdn_reason = 'starting'), sum_max) AS cdn_starting_bytes,
    least(sumIf(cell.cdn_bytes, cell.is_second AND cell.cdn_reason = 'unconnected'), sum_max) AS cdn_unconnected_bytes,
    least(sumIf(cell.cdn_bytes, cell.is_second AND cell.cdn_reason = 'connected'), sum_max) AS cdn_connected_bytes,
    least(sumIf(cell.seeder_bytes, cell.is_second), sum_max) AS seeder_bytes,
    least(sumIf(cell.connections_tried, cell.is_second), sum_max) AS connections_tried,
    least(sumIf(cell.connections_made, cell.is_second), sum_max) AS connections_made,
    least(sumIf(cell.cdn_bytes, cell.role = 'seeder'), sum_max) AS seeder_cdn_bytes,
    least(sumIf(cell.uploaded_bytes, cell.role = 'seeder'), sum_max) AS seeder_uploaded_bytes,
    sumForEach(arrayMap(bucket -> toUInt64(cell.is_second AND bucket = cell.latency_bucket), range(1, length(latency_bounds_ms) + 2))) AS latency_histogram
FROM
(
    -- After the sessions' last announces were found: not all of them need to have facets.
    SELECT *, arrayJoin(arrayZip(mapKeys(facets), mapValues(facets))) AS told
    FROM
    (
        SELECT
            *,
            role = 'viewer' AS is_viewer,
            role = 'viewer' AND cdn_reason != 'untold' AS is_second,
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
            ) AS stall_bucket,
            multiIf(
                live_latency_ms IS NULL, 0,
                ifNull(live_latency_ms, 0) > latency_bounds_ms[-1], length(latency_bounds_ms) + 1,
                arrayFirstIndex(bound -> ifNull(live_latency_ms, 0) <= bound, latency_bounds_ms)
            ) AS latency_bucket
        FROM announces_counted
    )
) AS cell
GROUP BY cell.stream, cell.minute, cell.told;

-- As the views of minutes, by facet: what a correction emptied is left out.
-- share: of the viewers of the stream's minute.
CREATE VIEW IF NOT EXISTS viewers_by_facet AS
SELECT
    *,
    viewers / nullIf(sum(viewers) OVER (PARTITION BY stream, minute, facet), 0) AS share
FROM
(
    SELECT stream, minute, time, facet, value, viewers, watched_ms, announces
    FROM stream_minute_facets FINAL
    WHERE announces > 0
);

CREATE VIEW IF NOT EXISTS views_by_facet AS
SELECT
    stream,
    minute,
    time,
    facet,
    value,
    views_begun,
    views_played,
    starts_failed,
    starts_given_up,
    playbacks_failed,
    errors
FROM stream_minute_facets FINAL
WHERE announces > 0;

-- offload: the share of what viewers fetched that came from peers; NULL where nothing was fetched.
CREATE VIEW IF NOT EXISTS offload_by_facet AS
SELECT
    stream,
    minute,
    time,
    facet,
    value,
    cdn_bytes,
    peer_bytes,
    seeder_bytes,
    uploaded_bytes,
    peer_bytes / nullIf(cdn_bytes + peer_bytes, 0) AS offload,
    cdn_alone_bytes,
    cdn_policy_bytes,
    cdn_starting_bytes,
    cdn_unconnected_bytes,
    cdn_connected_bytes,
    connections_tried,
    connections_made
FROM stream_minute_facets FINAL
WHERE announces > 0;

CREATE VIEW IF NOT EXISTS quality_of_experience_by_facet AS
WITH
    [50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000] AS startup_bounds_ms,
    [100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000, 60000] AS stall_bounds_ms,
    [500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 8000, 10000, 12500, 15000, 20000, 25000, 30000, 45000, 60000, 120000, 600000, 3600000] AS latency_bounds_ms,
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
    facet,
    value,
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
    stall_histogram,
    quality_switches,
    played_bits / nullIf(played_bitrate_ms, 0) AS bitrate_kbps,
    quantile_of(latency_histogram, latency_bounds_ms, 0.5) AS latency_p50_ms,
    quantile_of(latency_histogram, latency_bounds_ms, 0.95) AS latency_p95_ms,
    starting_ms,
    seeking_ms,
    paused_ms,
    waiting_ms,
    latency_histogram
FROM
(
    SELECT
        * REPLACE (
            arrayResize(startup_histogram, length(startup_bounds_ms) + 1) AS startup_histogram,
            arrayResize(stall_histogram, length(stall_bounds_ms) + 1) AS stall_histogram,
            arrayResize(latency_histogram, length(latency_bounds_ms) + 1) AS latency_histogram
        )
    FROM stream_minute_facets FINAL
    WHERE announces > 0
);
