-- The cluster's times (docs/exactness.md#in-time), so that the views count as the
-- rollup does. One row; the latest counts.
CREATE TABLE IF NOT EXISTS cluster_settings
(
    id UInt8,
    interval_ms UInt64 COMMENT 'length of a minute',
    late_ms UInt64 COMMENT 'how long after a minute''s end an announce is still in time for it',
    grace_ms UInt64 COMMENT 'how far apart clocks may be',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY id;

-- Every announce as it stands in Kafka, one row a copy. A repeated insert has the same key and collapses.
CREATE TABLE IF NOT EXISTS announces
(
    stream LowCardinality(String),
    session String COMMENT '22 base64url characters (CMCD sid)' CODEC(ZSTD(1)),
    number UInt32 COMMENT '0, 1, 2 … within the session',
    time DateTime64(3, 'UTC') COMMENT 'stamped once, when the announce was made' CODEC(Delta, ZSTD(1)),
    minute UInt64 COMMENT 'floor(time / interval)' CODEC(Delta, ZSTD(1)),
    log_append_time DateTime64(3, 'UTC') COMMENT 'when Kafka took it' CODEC(Delta, ZSTD(1)),
    tracker LowCardinality(String),
    segment Int32 COMMENT 'at the playhead; -1 where not told' CODEC(ZSTD(1)),
    quality LowCardinality(String),
    browser LowCardinality(String),
    state LowCardinality(String) COMMENT 'of the player: CMCD v2 sta, spelled out',
    watched_ms UInt32,
    stalled_ms UInt32,
    stalls UInt32,
    startup_ms Nullable(UInt32) COMMENT 'once a session',
    cdn_bytes UInt64 CODEC(ZSTD(1)),
    peer_bytes UInt64 CODEC(ZSTD(1)),
    uploaded_bytes UInt64 CODEC(ZSTD(1)),
    peers UInt32 COMMENT 'connected then',
    buffer_length_ms Nullable(UInt32),
    live_latency_ms Nullable(UInt32),
    encoded_bitrate_kbps Nullable(UInt32),
    throughput_kbps Nullable(UInt32),
    playback_rate_percent Nullable(UInt32),
    dropped_frames UInt32,
    errors UInt32,
    kafka_partition UInt32,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    batch_index UInt32 COMMENT 'place within the Kafka record',
    INDEX minutes minute TYPE minmax GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(log_append_time)
ORDER BY (stream, session, kafka_partition, kafka_offset, batch_index)
TTL toDateTime(log_append_time) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1;

-- One row a cell: (stream, minute, quality, browser). Written by the rollup; the highest version counts.
CREATE TABLE IF NOT EXISTS stream_minutes
(
    stream LowCardinality(String),
    minute UInt64 COMMENT 'floor(time / interval)' CODEC(Delta, ZSTD(1)),
    time DateTime('UTC') COMMENT 'the minute''s start' CODEC(Delta, ZSTD(1)),
    quality LowCardinality(String),
    browser LowCardinality(String),
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
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(time)
ORDER BY (stream, minute, quality, browser)
SETTINGS fsync_after_insert = 1;
