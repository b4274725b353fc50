-- A minute of many streams comes in a few parts at once. Below this size a part keeps its columns in one file
-- instead of two for each of sixty: a file costs the kernel more than what is in it costs ClickHouse.
ALTER TABLE stream_minutes MODIFY SETTING min_bytes_for_wide_part = 268435456;
ALTER TABLE stream_minute_facets MODIFY SETTING min_bytes_for_wide_part = 268435456;
