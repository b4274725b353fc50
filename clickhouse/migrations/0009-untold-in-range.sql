-- Why bytes came from the CDN; untold: of trackers of the first version, and 0 where a sum
-- stands at its bound and its parts are more. cdn_share: the CDN's share of all
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
    greatest(toInt64(sum(cell.cdn_bytes)) - toInt64(sum(cell.cdn_alone_bytes + cell.cdn_policy_bytes + cell.cdn_starting_bytes + cell.cdn_unconnected_bytes + cell.cdn_connected_bytes)), 0) AS cdn_untold_bytes,
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
    greatest(toInt64(cdn_bytes) - toInt64(cdn_alone_bytes + cdn_policy_bytes + cdn_starting_bytes + cdn_unconnected_bytes + cdn_connected_bytes), 0) AS cdn_untold_bytes,
    cdn_bytes / nullIf(cdn_bytes + peer_bytes + seeder_bytes, 0) AS cdn_share
FROM stream_minute_facets FINAL
WHERE announces > 0;
