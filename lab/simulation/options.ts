import { availableParallelism } from 'node:os';

/** What `npm run test:simulation` understands, as `parseArgs` of Node.js has it. */
export const simulationOptions = {
  seeds: { type: 'string', default: '2000' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  profile: { type: 'string' },
  trace: { type: 'boolean', default: false },
  mutation: { type: 'string' },
  workers: { type: 'string', default: String(availableParallelism()) },
} as const;
