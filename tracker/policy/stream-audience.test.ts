import { describe, expect, it } from '@jest/globals';
import { testStream } from '../testing/test-parts.js';
import { StreamAudience, type PolicyFollower } from './stream-audience.js';

class Follower implements PolicyFollower {
  readonly told: string[] = [];

  streamChanged({ key }: { readonly key: string }): void {
    this.told.push(key);
  }
}

describe('the audience of a stream', () => {
  it('has each session once, however many sockets it has', () => {
    const audience = new StreamAudience();
    const [one, other] = [new Follower(), new Follower()];
    audience.enter('arena', 'session', one);
    audience.enter('arena', 'session', other);
    audience.enter('arena', 'another', new Follower());
    audience.enter('studio', 'session', one);
    expect([audience.sessionsIn('arena'), audience.sessionsIn('nowhere')]).toEqual([2, 0]);
    audience.leave('arena', 'session', one);
    expect(audience.sessionsIn('arena')).toBe(2);
    audience.leave('arena', 'session', other);
    audience.leave('arena', 'session', other);
    expect(audience.sessionsIn('arena')).toBe(1);
  });

  it('is told of its stream and of no other, as long as it is there', () => {
    const audience = new StreamAudience();
    const follower = new Follower();
    audience.enter('arena', 'session', follower);
    audience.streamChanged(testStream('arena'));
    audience.streamChanged(testStream('studio'));
    audience.leave('arena', 'session', follower);
    audience.streamChanged(testStream('arena'));
    expect(follower.told).toEqual(['arena']);
  });
});
