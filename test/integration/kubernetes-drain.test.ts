import { afterAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../../lab/stack/install/run-command.js';
import { TestViewer } from '../../tracker/testing/test-viewer.js';
import { preStopOf } from '../testing/manifests.js';
import { extraServices } from './testing/stack.js';

describe('a tracker’s pod in Kubernetes', () => {
  const extra = extraServices();
  afterAll(() => extra.close());

  it('has no viewers left when it is told to stop', async () => {
    const { process: tracker } = await extra.services.startTracker();
    const viewer = await TestViewer.join(tracker.ws, 'arena-main');
    const [, ...args] = preStopOf('tracker', tracker.admin);
    const { code, output } = await runCommand(process.execPath, args);
    expect([code, output]).toEqual([0, '']);
    await viewer.next('reconnect');
    expect(await viewer.closed()).toBe(1001);
    const answer = await fetch(`http://${tracker.admin}/drain`);
    expect(await answer.json()).toMatchObject({ state: 'drained', sockets: 0 });
  }, 60_000);
});
