import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../service/random.js';
import { componentSizes } from './components.js';
import { plainScenario } from './scenario.js';
import { Viewer } from './viewer.js';

describe('the parts of a graph', () => {
  it('are found with their sizes, also where the way leads through others', () => {
    const random = seededRandom(1);
    const viewers = Array.from(
      { length: 6 },
      (_, serial) => new Viewer(serial, 'stream', 0, plainScenario, random),
    );
    const connect = (one: number, other: number): void => {
      const peer = viewers[other];
      if (peer !== undefined) viewers[one]?.connect(peer);
    };
    connect(0, 1);
    connect(1, 2);
    connect(3, 4);
    expect(componentSizes(viewers)).toEqual([3, 2, 1]);
    viewers[1]?.disconnectAll();
    expect(componentSizes(viewers)).toEqual([2, 1, 1, 1, 1]);
    const [first, , third] = viewers;
    connect(0, 1);
    connect(1, 2);
    expect(componentSizes([first, third].filter((one) => one !== undefined))).toEqual([3]);
  });
});
