import { Type } from 'typebox';
import { clickHouseSettings } from '../clickhouse/index.js';
import { kafkaSettings } from '../kafka/index.js';
import { adminPort, commonSettings, ringSettings } from '../service/config.js';

/** The rollup's settings. */
export const rollupSettings = Type.Object({
  ...commonSettings,
  ...ringSettings,
  ...kafkaSettings,
  admin_port: adminPort(2922),
  rollup_roles: Type.Array(Type.Union([Type.Literal('partials'), Type.Literal('totals')]), {
    minItems: 1,
    uniqueItems: true,
    default: ['partials', 'totals'],
    description:
      'Stages that this process runs; take one to scale the stages apart, as long as each runs ' +
      'somewhere.',
  }),
  graphite_host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description:
      "Host of carbon, to which the stage `totals` writes minutes as Graphite's plain text; the " +
      'same on all rollups.',
  }),
  graphite_port: Type.Integer({
    minimum: 1,
    maximum: 65_535,
    default: 2003,
    description: "Port of carbon's plain text; the same on all rollups.",
  }),
  graphite_prefix: Type.String({
    pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$',
    maxLength: 100,
    default: 'viblast',
    description:
      'First part of all names in Graphite; change it where clusters share a Graphite, the same ' +
      'on all rollups and the portal.',
  }),
  ...clickHouseSettings,
});
