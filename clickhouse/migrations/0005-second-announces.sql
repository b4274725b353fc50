-- The second version of announces: roles, views, failures, errors by kind, switches, time by state, the
-- delay behind live, and why bytes came from the CDN. Announces of the first version have 'untold' as
-- reason, and count nothing of it.
ALTER TABLE announces
    ADD COLUMN IF NOT EXISTS role Enum8('viewer' = 0, 'seeder' = 1, 'preview' = 2, 'rehearsal' = 3),
    ADD COLUMN IF NOT EXISTS failure Enum8('none' = 0, 'start_failed' = 1, 'start_given_up' = 2, 'playback_failed' = 3) COMMENT 'once a session',
    ADD COLUMN IF NOT EXISTS cdn_reason Enum8('untold' = 0, 'alone' = 1, 'policy' = 2, 'starting' = 3, 'unconnected' = 4, 'connected' = 5) COMMENT 'why its bytes came from the CDN',
    ADD COLUMN IF NOT EXISTS errors_network UInt32,
    ADD COLUMN IF NOT EXISTS errors_media UInt32,
    ADD COLUMN IF NOT EXISTS errors_drm UInt32,
    ADD COLUMN IF NOT EXISTS errors_player UInt32,
    ADD COLUMN IF NOT EXISTS quality_switches UInt32,
    ADD COLUMN IF NOT EXISTS starting_ms UInt32,
    ADD COLUMN IF NOT EXISTS seeking_ms UInt32,
    ADD COLUMN IF NOT EXISTS paused_ms UInt32,
    ADD COLUMN IF NOT EXISTS waiting_ms UInt32,
    ADD COLUMN IF NOT EXISTS seeder_bytes UInt64 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS connections_tried UInt32,
    ADD COLUMN IF NOT EXISTS connections_made UInt32,
    ADD COLUMN IF NOT EXISTS viewer String COMMENT 'a pseudonym of who watches, 22 base64url characters; empty where none was told' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS facets Map(LowCardinality(String), LowCardinality(String));

ALTER TABLE stream_minutes
    ADD COLUMN IF NOT EXISTS views_begun UInt64,
    ADD COLUMN IF NOT EXISTS views_played UInt64,
    ADD COLUMN IF NOT EXISTS starts_failed UInt64,
    ADD COLUMN IF NOT EXISTS starts_given_up UInt64,
    ADD COLUMN IF NOT EXISTS playbacks_failed UInt64,
    ADD COLUMN IF NOT EXISTS errors_network UInt64,
    ADD COLUMN IF NOT EXISTS errors_media UInt64,
    ADD COLUMN IF NOT EXISTS errors_drm UInt64,
    ADD COLUMN IF NOT EXISTS errors_player UInt64,
    ADD COLUMN IF NOT EXISTS quality_switches UInt64,
    ADD COLUMN IF NOT EXISTS played_bits UInt64,
    ADD COLUMN IF NOT EXISTS played_bitrate_ms UInt64,
    ADD COLUMN IF NOT EXISTS starting_ms UInt64,
    ADD COLUMN IF NOT EXISTS seeking_ms UInt64,
    ADD COLUMN IF NOT EXISTS paused_ms UInt64,
    ADD COLUMN IF NOT EXISTS waiting_ms UInt64,
    ADD COLUMN IF NOT EXISTS cdn_alone_bytes UInt64,
    ADD COLUMN IF NOT EXISTS cdn_policy_bytes UInt64,
    ADD COLUMN IF NOT EXISTS cdn_starting_bytes UInt64,
    ADD COLUMN IF NOT EXISTS cdn_unconnected_bytes UInt64,
    ADD COLUMN IF NOT EXISTS cdn_connected_bytes UInt64,
    ADD COLUMN IF NOT EXISTS seeder_bytes UInt64,
    ADD COLUMN IF NOT EXISTS connections_tried UInt64,
    ADD COLUMN IF NOT EXISTS connections_made UInt64,
    ADD COLUMN IF NOT EXISTS seeder_cdn_bytes UInt64,
    ADD COLUMN IF NOT EXISTS seeder_uploaded_bytes UInt64,
    ADD COLUMN IF NOT EXISTS latency_histogram Array(UInt64) COMMENT 'buckets up to 500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 8000, 10000, 12500, 15000, 20000, 25000, 30000, 45000, 60000, 120000, 600000, 3600000 ms and above';

-- A view has the columns that its table had when it was made.
CREATE OR REPLACE VIEW announces_counted AS
WITH (SELECT argMax((interval_ms, late_ms, grace_ms), changed_at) FROM cluster_settings) AS times
SELECT announces.*
FROM announces
WHERE toUnixTimestamp64Milli(log_append_time) <= (minute + 1) * times.1 + times.2
  AND toUnixTimestamp64Milli(log_append_time) + times.3 >= minute * times.1
ORDER BY stream, session, kafka_partition, kafka_offset, batch_index
LIMIT 1 BY stream, session, minute, number;

CREATE OR REPLACE VIEW announces_late AS
WITH (SELECT argMax((interval_ms, late_ms, grace_ms), changed_at) FROM cluster_settings) AS times
SELECT
    announces.*,
    if(toUnixTimestamp64Milli(log_append_time) + times.3 < minute * times.1, 'early', 'late') AS reason
FROM announces FINAL
WHERE toUnixTimestamp64Milli(log_append_time) > (minute + 1) * times.1 + times.2
   OR toUnixTimestamp64Milli(log_append_time) + times.3 < minute * times.1;

-- The cells that stream_minutes should hold: what verify compares it with and recompute writes.
-- A viewer is in the cell of its highest number of the minute, where that is a viewer's.
CREATE OR REPLACE VIEW stream_minutes_counted AS
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
    cell.quality AS quality,
    cell.browser AS browser,
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
) AS cell
GROUP BY cell.stream, cell.minute, cell.quality, cell.browser;

-- Cells of which a counter would be larger than it can be.
CREATE OR REPLACE VIEW stream_minutes_saturated AS
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
            cell.errors,
            cell.views_begun,
            cell.views_played,
            cell.starts_failed,
            cell.starts_given_up,
            cell.playbacks_failed,
            cell.errors_network,
            cell.errors_media,
            cell.errors_drm,
            cell.errors_player,
            cell.quality_switches,
            cell.played_bits,
            cell.played_bitrate_ms,
            cell.starting_ms,
            cell.seeking_ms,
            cell.paused_ms,
            cell.waiting_ms,
            cell.cdn_alone_bytes,
            cell.cdn_policy_bytes,
            cell.cdn_starting_bytes,
            cell.cdn_unconnected_bytes,
            cell.cdn_connected_bytes,
            cell.seeder_bytes,
            cell.connections_tried,
            cell.connections_made,
            cell.seeder_cdn_bytes,
            cell.seeder_uploaded_bytes
        ],
        cell.startup_histogram,
        cell.stall_histogram,
        cell.latency_histogram
    ),
    9007199254740990
);

-- bitrate_kbps: the mean of what was played, by time; NULL where none was told.
CREATE OR REPLACE VIEW quality_of_experience AS
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
        sumForEach(cell.stall_histogram) AS stall_histogram,
        sum(cell.quality_switches) AS quality_switches,
        sum(cell.played_bits) AS played_bits,
        sum(cell.played_bitrate_ms) AS played_bitrate_ms,
        sum(cell.starting_ms) AS starting_ms,
        sum(cell.seeking_ms) AS seeking_ms,
        sum(cell.paused_ms) AS paused_ms,
        sum(cell.waiting_ms) AS waiting_ms,
        arrayResize(sumForEach(cell.latency_histogram), length(latency_bounds_ms) + 1) AS latency_histogram
    FROM stream_minutes AS cell FINAL
    WHERE cell.announces > 0
    GROUP BY cell.stream, cell.minute, cell.time
);

-- Views begun and played, and what came to nothing; sums, so they add up over any range.
CREATE VIEW IF NOT EXISTS views AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.views_begun) AS views_begun,
    sum(cell.views_played) AS views_played,
    sum(cell.starts_failed) AS starts_failed,
    sum(cell.starts_given_up) AS starts_given_up,
    sum(cell.playbacks_failed) AS playbacks_failed
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

-- Errors by kind; other: what isn't of these.
CREATE VIEW IF NOT EXISTS errors_by_kind AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.errors) AS errors,
    sum(cell.errors_network) AS errors_network,
    sum(cell.errors_media) AS errors_media,
    sum(cell.errors_drm) AS errors_drm,
    sum(cell.errors_player) AS errors_player,
    sum(cell.errors) - sum(cell.errors_network + cell.errors_media + cell.errors_drm + cell.errors_player) AS errors_other
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

-- Why bytes came from the CDN; untold: of trackers of the first version.
CREATE VIEW IF NOT EXISTS offload_explained AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.cdn_bytes) AS cdn_bytes,
    sum(cell.peer_bytes) AS peer_bytes,
    sum(cell.seeder_bytes) AS seeder_bytes,
    sum(cell.cdn_alone_bytes) AS cdn_alone_bytes,
    sum(cell.cdn_policy_bytes) AS cdn_policy_bytes,
    sum(cell.cdn_starting_bytes) AS cdn_starting_bytes,
    sum(cell.cdn_unconnected_bytes) AS cdn_unconnected_bytes,
    sum(cell.cdn_connected_bytes) AS cdn_connected_bytes,
    sum(cell.connections_tried) AS connections_tried,
    sum(cell.connections_made) AS connections_made,
    sum(cell.seeder_cdn_bytes) AS seeder_cdn_bytes,
    sum(cell.seeder_uploaded_bytes) AS seeder_uploaded_bytes,
    sum(cell.cdn_bytes) - sum(cell.cdn_alone_bytes + cell.cdn_policy_bytes + cell.cdn_starting_bytes + cell.cdn_unconnected_bytes + cell.cdn_connected_bytes) AS cdn_untold_bytes
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;
