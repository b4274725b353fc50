import { Supervisor } from '../../stack/process/supervisor.js';
import { startClickHouse } from '../../stack/servers/clickhouse.js';

export interface ClickHouseAlone {
  readonly url: string;
  stop(): Promise<void>;
}

/** The engine without the rest of the stack: views need nothing else. */
export async function startClickHouseAlone(): Promise<ClickHouseAlone> {
  const supervisor = new Supervisor();
  try {
    const { url } = await startClickHouse(supervisor);
    return { url, stop: () => supervisor.close(2_000) };
  } catch (error) {
    await supervisor.close(2_000);
    throw error;
  }
}
