import { encodeNamePart } from './names.js';

/** Where a stream's metrics are: `<prefix>.streams.<stream>`. */
export function streamBase(prefix: string, stream: string): string {
  return `${prefix}.streams.${encodeNamePart(stream)}`;
}

/** Where the metrics over all streams are. */
export function totalBase(prefix: string): string {
  return `${prefix}.total`;
}

/** Everything that is known below a base. */
export function allTargets(base: string): string[] {
  return [
    `${base}.viewers`,
    `${base}.viewers_average`,
    `${base}.viewers_by_quality.*`,
    `${base}.browsers.*`,
    `${base}.browsers_by_quality.*.*`,
    `${base}.bytes.*`,
    `${base}.bytes_by_quality.*.*`,
    `${base}.stalls`,
    `${base}.stall_ratio`,
    `${base}.startup_ms.*`,
  ];
}

/** The viewers of every stream, and over all. */
export function viewersTargets(prefix: string): string[] {
  return [`${prefix}.streams.*.viewers`, `${totalBase(prefix)}.viewers`];
}

/** What the list of streams shows besides viewers. */
export function nowTargets(prefix: string): string[] {
  return [`${prefix}.streams.*`, totalBase(prefix)].flatMap((base) => [
    `${base}.bytes.*`,
    `${base}.viewers_by_quality.*`,
  ]);
}
