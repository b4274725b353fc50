import { Gauge, type Registry } from 'prom-client';

/** A gauge of a tracker that is read when somebody asks for the metrics. */
export function askedGauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number,
): void {
  new Gauge({
    name: `viblast_tracker_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
