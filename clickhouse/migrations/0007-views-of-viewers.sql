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

-- offload: the peers' share of what viewers fetched from the CDN and from peers; what came from seeders is
-- in neither. NULL where nothing came from either.
ALTER TABLE offload MODIFY COMMENT 'offload: the share of peers in what viewers fetched from the CDN and from peers, seeders left out; NULL where nothing came from either';

-- errors_other: of another kind, or of one that nobody told, as in the first version of announces. A player
-- may tell more of kinds than of errors; nothing is left of these.
CREATE OR REPLACE VIEW errors_by_kind AS
SELECT
    cell.stream AS stream,
    cell.minute AS minute,
    cell.time AS time,
    sum(cell.errors) AS errors,
    sum(cell.errors_network) AS errors_network,
    sum(cell.errors_media) AS errors_media,
    sum(cell.errors_drm) AS errors_drm,
    sum(cell.errors_player) AS errors_player,
    sum(greatest(toInt64(cell.errors) - toInt64(cell.errors_network + cell.errors_media + cell.errors_drm + cell.errors_player), 0)) AS errors_other
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

CREATE VIEW IF NOT EXISTS errors_by_kind_by_facet AS
SELECT
    stream,
    minute,
    time,
    facet,
    value,
    errors,
    errors_network,
    errors_media,
    errors_drm,
    errors_player,
    greatest(toInt64(errors) - toInt64(errors_network + errors_media + errors_drm + errors_player), 0) AS errors_other
FROM stream_minute_facets FINAL
WHERE announces > 0;

-- Why bytes came from the CDN; untold: of trackers of the first version. cdn_share: the CDN's share of all
-- that viewers fetched, seeders' bytes among it; NULL where nothing was fetched.
CREATE OR REPLACE VIEW offload_explained AS
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
    sum(cell.cdn_bytes) - sum(cell.cdn_alone_bytes + cell.cdn_policy_bytes + cell.cdn_starting_bytes + cell.cdn_unconnected_bytes + cell.cdn_connected_bytes) AS cdn_untold_bytes,
    sum(cell.cdn_bytes) / nullIf(sum(cell.cdn_bytes) + sum(cell.peer_bytes) + sum(cell.seeder_bytes), 0) AS cdn_share
FROM stream_minutes AS cell FINAL
WHERE cell.announces > 0
GROUP BY cell.stream, cell.minute, cell.time;

-- All that offload and offload_explained have.
CREATE OR REPLACE VIEW offload_by_facet AS
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
    connections_made,
    seeder_cdn_bytes,
    seeder_uploaded_bytes,
    cdn_bytes - (cdn_alone_bytes + cdn_policy_bytes + cdn_starting_bytes + cdn_unconnected_bytes + cdn_connected_bytes) AS cdn_untold_bytes,
    cdn_bytes / nullIf(cdn_bytes + peer_bytes + seeder_bytes, 0) AS cdn_share
FROM stream_minute_facets FINAL
WHERE announces > 0;
