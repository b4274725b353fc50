import { mutationsOf } from './source-mutation.js';

const atOnce = (kind: string): string =>
  `holds what is told at once to what the window has room for: ${kind}`;

/** What a session can have done, and how much of what there may be of a socket. */
export const budgetMutations = mutationsOf([
  {
    file: 'tracker/announces/session-budget.ts',
    testFile: 'tracker/announces/session-budget.test.ts',
    edits: [
      {
        name: 'time played costs nothing',
        replace: 'report.watchedMs + report.stalledMs',
        by: 'report.stalledMs',
        noticedBy: atOnce('played'),
      },
      {
        name: 'time stalled costs nothing',
        replace: 'report.watchedMs + report.stalledMs',
        by: 'report.watchedMs',
        noticedBy: atOnce('stalled'),
      },
      {
        name: 'bytes of the CDN cost nothing',
        replace: 'report.cdnBytes + ',
        by: '',
        noticedBy: atOnce('fetched from the CDN'),
      },
      {
        name: 'bytes of peers cost nothing',
        replace: 'report.peerBytes + ',
        by: '',
        noticedBy: atOnce('fetched from peers'),
      },
      {
        name: 'bytes of seeders cost nothing',
        replace: ' + report.seederBytes',
        by: '',
        noticedBy: atOnce('fetched from seeders'),
      },
      {
        name: 'bytes sent cost nothing',
        replace: 'report.uploadedBytes / bytesPerMs',
        by: '0',
        noticedBy: atOnce('sent to peers'),
      },
      {
        name: 'stalls cost nothing',
        replace: 'report.stalls * 1_000',
        by: '0',
        noticedBy: atOnce('stalls'),
      },
      {
        name: 'dropped frames cost nothing',
        replace: 'report.droppedFrames * 1_000',
        by: '0',
        noticedBy: atOnce('frames'),
      },
      {
        name: 'errors cost nothing',
        replace: 'errorsIn(report) * 1_000',
        by: '0',
        noticedBy: atOnce('errors'),
      },
      {
        name: 'errors of a kind cost nothing beside none over all',
        replace: 'errorsIn(report) * 1_000',
        by: 'report.errors * 1_000',
        noticedBy: atOnce('errors of a kind'),
      },
      {
        name: 'time before the start costs nothing',
        replace: 'report.startingMs + ',
        by: '',
        noticedBy: atOnce('starting and waiting'),
      },
      {
        name: 'time of seeking costs nothing',
        replace: 'report.seekingMs + ',
        by: '',
        noticedBy: atOnce('paused and seeking'),
      },
      {
        name: 'time in a pause costs nothing',
        replace: 'report.pausedMs + ',
        by: '',
        noticedBy: atOnce('paused and seeking'),
      },
      {
        name: 'time of waiting costs nothing',
        replace: ' + report.waitingMs',
        by: '',
        noticedBy: atOnce('starting and waiting'),
      },
      {
        name: 'switches cost nothing',
        replace: 'report.qualitySwitches * 1_000',
        by: '0',
        noticedBy: atOnce('switches'),
      },
      {
        name: 'connections that were tried cost nothing',
        replace: 'Math.max(report.connectionsTried, report.connectionsMade)',
        by: 'report.connectionsMade',
        noticedBy: atOnce('tried'),
      },
      {
        name: 'connections that were made cost nothing',
        replace: 'Math.max(report.connectionsTried, report.connectionsMade)',
        by: 'report.connectionsTried',
        noticedBy: atOnce('made'),
      },
      {
        name: 'announces cost nothing',
        replace: 'rates.announceIntervalMs / rates.announcesMax',
        by: '0',
        noticedBy:
          'lets so many announces in as the window has intervals, and then one each of its shares',
      },
      {
        name: 'an announce is sent again as often as one likes',
        replace: '(this.#state[copiesAt] ?? 0) + copyMs(this.rates) <= windowMs',
        by: 'true',
        noticedBy: 'takes what is sent again unchanged for free, and bounds how often',
      },
      {
        name: 'who sends the same number again with other content pays nothing',
        replace: ' && this.#paid[at + 2] === this.#weigh(costsMs)',
        by: '',
        noticedBy: 'takes the same number with more bytes for another announce',
      },
      {
        name: 'passing time gives nothing back',
        replace: 'Math.max(0, (state[kind] ?? 0) - passedMs)',
        by: 'state[kind] ?? 0',
        noticedBy: 'gives back what time allows, to who plays for many windows',
      },
      {
        name: 'a clock that is set back takes room away',
        replace: 'Math.max(0, nowMs - (state[clockAt] ?? 0))',
        by: 'nowMs - (state[clockAt] ?? 0)',
        noticedBy: 'neither gives nor takes when the clock is set back',
      },
      {
        name: 'announces are remembered for ever',
        replace: 'if (over > 0) this.#paid.splice(0, over);',
        by: '',
        noticedBy: 'remembers no more announces than it may have taken of late',
      },
    ],
  },
  {
    file: 'tracker/announces/session-rates.ts',
    testFile: 'tracker/viblast/implausible-reports.test.ts',
    edits: [
      {
        name: 'how much of the time is played is no setting',
        replace: 'playedPercentMax: sessionPlayedPercentMax',
        by: 'playedPercentMax: 110',
        noticedBy:
          'may tell time of the media, played at twice the speed, where the tracker lets it',
      },
    ],
  },
  {
    file: 'tracker/announces/session-rates.ts',
    testFile: 'lab/simulation/hostile-viewer.test.ts',
    edits: [
      {
        name: 'one tracker believes at once what several could',
        replace: 'oldestMs + aheadMs + 2 * announceIntervalMs',
        by: '2 * (oldestMs + aheadMs + 2 * announceIntervalMs)',
        noticedBy: 'moves a minute’s bytes, and with them the offload, by 1.3 % at most',
      },
    ],
  },
  {
    file: 'tracker/announces/reports.ts',
    testFile: 'tracker/announces/reports.test.ts',
    edits: [
      {
        name: 'what is put off is paid for',
        replace: 'if (code === undefined) budget.pay(price);',
        by: 'budget.pay(price);',
        noticedBy: 'cost nothing while they are put off',
      },
    ],
  },
  {
    file: 'tracker/announces/session-budgets.ts',
    testFile: 'tracker/announces/session-budgets.test.ts',
    edits: [
      {
        name: 'each socket of a session has a budget',
        replace: 'return held.budget;',
        by: 'return this.#newBudget(address, nowMs);',
        noticedBy: 'are one for all connections of a session, also when it comes back',
      },
      {
        name: 'who comes back has a new budget',
        replace: 'idle?.budget ?? this.#newBudget',
        by: 'this.#newBudget',
        noticedBy: 'are one for all connections of a session, also when it comes back',
      },
      {
        name: 'who comes under another name has a new budget',
        replace: 'this.#left.takeOver(address, nowMs)',
        by: '[]',
        noticedBy: 'give who comes again under new names no more than who stays',
      },
      {
        name: 'budgets of those who left are kept for ever',
        replace: 'this.#idle.delete(session);\n    }',
        by: '}',
        noticedBy:
          'are bounded: who has been away for longest is forgotten first, and nobody who is there',
      },
    ],
  },
  {
    file: 'tracker/announces/left-budgets.ts',
    testFile: 'tracker/announces/session-budgets.test.ts',
    edits: [
      {
        name: 'one that used up all leaves nobody at its address room',
        replace: 'this.#drop(address, those, most, 1);',
        by: '',
        noticedBy: 'take room from one newcomer, and not from all, where one left that used up all',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/viblast/implausible-reports.test.ts',
    edits: [
      {
        name: 'each address of a household has budgets of its own',
        replace: 'return addressBlock(this.#address);',
        by: 'return this.#address;',
        noticedBy: 'has no more under other names, from any address of its network',
      },
    ],
  },
  {
    file: 'tracker/sockets/viewer-socket.ts',
    testFile: 'tracker/sockets/viewer-socket.test.ts',
    edits: [
      {
        name: 'messages cost nothing',
        replace: 'if (!isWithinBudget) this.#bucket.take(nowMs, count);',
        by: '',
        noticedBy:
          'tells of a flood at the first frame too many, and hands on none behind the close',
      },
      {
        name: 'frames with a budget of their own cost a message too',
        replace: 'if (!isWithinBudget) this.#bucket.take(nowMs, count);',
        by: 'this.#bucket.take(nowMs, count);',
        noticedBy: 'does not count frames that have a budget of their own',
      },
      {
        name: 'pings cost nothing',
        replace: "socket.on('ping', () => this.#control());",
        by: '',
        noticedBy:
          'takes a ping that nobody asked for as a message, and reads no flood of them to its end',
      },
      {
        name: 'pongs that nobody asked for cost nothing',
        replace: '} else this.#control();',
        by: '}',
        noticedBy:
          'takes a pong that nobody asked for as a message, and reads no flood of them to its end',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/viblast/viewer-input.test.ts',
    edits: [
      {
        name: 'mistakes are forgiven without end',
        replace: 'else if (!isForgiven) this.#end',
        by: 'else if (isForgiven === undefined) this.#end',
        noticedBy: 'closes with 4400 after repeated bad messages',
      },
    ],
  },
  {
    file: 'tracker/viblast/signals.ts',
    testFile: 'tracker/viblast/signals.test.ts',
    edits: [
      {
        name: 'offers, answers and rejections cost nothing',
        replace: ': this.#descriptions.take(nowMs);',
        by: ': true;',
        noticedBy: 'drops answers and rejections above their budget, and candidates go on',
      },
      {
        name: 'candidates cost nothing',
        replace: 'this.#candidates.take(nowMs, signal.candidates.length)',
        by: 'true',
        noticedBy:
          'drops signals above their budget with an error, and closes who goes on as a flood',
      },
      {
        name: 'candidates are counted by the signal',
        replace: 'this.#candidates.take(nowMs, signal.candidates.length)',
        by: 'this.#candidates.take(nowMs)',
        noticedBy:
          'drops signals above their budget with an error, and closes who goes on as a flood',
      },
      {
        name: 'candidates and descriptions have one budget',
        replace: ': this.#descriptions.take(nowMs);',
        by: ': this.#candidates.take(nowMs);',
        noticedBy: 'drops answers and rejections above their budget, and candidates go on',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/viblast/signals.test.ts',
    edits: [
      {
        name: 'signals count among the messages',
        replace: 'if (refusal === undefined) return true;',
        by: 'if (refusal === undefined) return false;',
        noticedBy:
          'takes a start with 30 peers and 15 candidates each, in signals of one, for no flood',
      },
      {
        name: 'signals above their budget cost nothing',
        replace: "return refusal.code !== 'too_many_signals';",
        by: 'return true;',
        noticedBy:
          'drops signals above their budget with an error, and closes who goes on as a flood',
      },
    ],
  },
]);
