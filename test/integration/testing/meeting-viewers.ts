import { TestViewer, until } from '../../../tracker/testing/test-viewer.js';
import { instanceOf } from '../../../tracker/neighbours/index.js';

/** Announces as often as a viewer may, so that a test needn't wait for an interval. */
const announceEveryMs = 1_000;

/** A viewer that goes on announcing until it ends, and keeps whom it was told of, and when. */
export class MeetingViewer {
  readonly toldAtMs = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #number = 0;
  #read = 0;

  private constructor(readonly viewer: TestViewer) {
    this.#announce();
    this.#timer = setInterval(() => this.#announce(), announceEveryMs);
    // A test that fails doesn't end its viewers, and has to end all the same.
    this.#timer.unref();
    viewer.socket.on('message', () => this.#look());
  }

  static async join(url: string, stream: string): Promise<MeetingViewer> {
    return new MeetingViewer(await TestViewer.join(url, stream));
  }

  get peer(): string {
    return this.viewer.peer;
  }

  /** The tracker's instance that has it. */
  get instance(): string {
    return instanceOf(this.peer);
  }

  /** Whom it was told of by the newest answer. */
  get peersNow(): readonly string[] {
    return (
      this.viewer
        .of('peers')
        .at(-1)
        ?.peers.map(({ peer }) => peer) ?? []
    );
  }

  async meets(...others: readonly MeetingViewer[]): Promise<void> {
    const told = (): boolean => others.every(({ peer }) => this.toldAtMs.has(peer));
    await until(told, `${this.peer} is told of ${others.map(({ peer }) => peer).join()}`);
  }

  signal(to: MeetingViewer, signal: Readonly<Record<string, unknown>>): void {
    this.viewer.send({ type: 'signal', to: to.peer, ...signal });
  }

  leave(): void {
    clearInterval(this.#timer);
    this.viewer.send({ type: 'leave' });
  }

  end(): void {
    clearInterval(this.#timer);
    this.viewer.end();
  }

  #announce(): void {
    this.viewer.announce([{ number: this.#number, time: Date.now(), segment: 7 }], 30);
    this.#number += 1;
  }

  #look(): void {
    const answers = this.viewer.of('peers');
    for (const { peers } of answers.slice(this.#read)) {
      for (const { peer } of peers) this.toldAtMs.set(peer, Date.now());
    }
    this.#read = answers.length;
  }
}

/** Offer, answer and candidates between the two, as an own connection would have them. */
export async function negotiate(one: MeetingViewer, other: MeetingViewer): Promise<void> {
  const negotiation = `of ${one.peer}`;
  const candidate = (of: string) => ({
    kind: 'candidates',
    negotiation,
    candidates: [{ candidate: `candidate of ${of}`, sdpMid: '0' }],
  });
  one.signal(other, { kind: 'offer', negotiation, data: { type: 'offer', sdp: 'o=- ü' } });
  one.signal(other, candidate('one'));
  await until(() => other.viewer.of('signal').length >= 2, 'offer and candidate arrive');
  other.signal(one, { kind: 'answer', negotiation, data: { type: 'answer', sdp: 'o=-' } });
  other.signal(one, candidate('other'));
  await until(() => one.viewer.of('signal').length >= 2, 'answer and candidate arrive');
}
