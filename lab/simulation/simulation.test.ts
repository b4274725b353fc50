import { describe, expect, it } from '@jest/globals';
import { runProgram, runSeeds } from './testing/run-program.js';

const minutesMin = 12;
const resendingMin = 3;

describe('the simulation', () => {
  it('does the same again with the same seed, to the last record', async () => {
    const [first, second, other] = await runSeeds([7, 7, 8]);
    expect(first?.seed).toBe(7);
    expect(second).toEqual(first);
    expect(other?.traceHash).not.toBe(first?.traceHash);
  }, 1_500_000);

  it('ends 30 seeds with both sinks holding the count, and every rule kept on the way', async () => {
    const { exitCode, output } = await runProgram(['--seeds', '30']);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const summary =
      /30 seeds, .* \((?<minutes>\d+) a seed at least\).* (?<resending>\d+) sessions a seed that resend at least.*: 0 differences/.exec(
        output,
      );
    expect(Number(summary?.groups?.['minutes'])).toBeGreaterThanOrEqual(minutesMin);
    expect(Number(summary?.groups?.['resending'])).toBeGreaterThanOrEqual(resendingMin);
  }, 1_500_000);
});
