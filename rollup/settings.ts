import { Type } from 'typebox';
import { clickHouseSettings } from '../clickhouse/index.js';
import { commonSettings } from '../service/config.js';

/** The rollup's settings. */
export const rollupSettings = Type.Object({
  ...commonSettings,
  admin_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 2922 }),
  rollup_roles: Type.Array(Type.Union([Type.Literal('partials'), Type.Literal('totals')]), {
    minItems: 1,
    uniqueItems: true,
    default: ['partials', 'totals'],
  }),
  graphite_host: Type.String({ minLength: 1, default: '127.0.0.1' }),
  graphite_port: Type.Integer({ minimum: 1, maximum: 65_535, default: 2003 }),
  graphite_prefix: Type.String({
    pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$',
    maxLength: 100,
    default: 'viblast',
  }),
  ...clickHouseSettings,
});
