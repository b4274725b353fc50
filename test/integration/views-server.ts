export function clickHouseUrl(): string {
  return process.env['CLICKHOUSE_URL'] ?? '';
}
