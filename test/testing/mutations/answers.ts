import { mutationsOf } from './source-mutation.js';

/** One answer for each announce, and what is kept of it. */
export const answerMutations = mutationsOf([
  {
    file: 'tracker/announces/reports.ts',
    testFile: 'tracker/announces/reports.test.ts',
    edits: [
      {
        name: 'a refused announce silences those behind it',
        replace: 'refused.push({ reason, number });\n        continue;',
        by: 'refused.push({ reason, number });\n        break;',
        noticedBy: 'are refused by their own times, each reason told once, and the others taken',
      },
      {
        name: 'an implausible announce is dropped without a word',
        replace: "else if (outcome === 'implausible') refused.push({ reason: outcome, number });",
        by: "else if (outcome === 'implausible') continue;",
        noticedBy:
          'are refused where they can’t be true, by themselves or after what was told before',
      },
      {
        name: 'what came in too many is dropped without a word',
        replace: 'tooMany.map((number): PutOff',
        by: '[].map((number): PutOff',
        noticedBy: 'are put off where more came together than may',
      },
      {
        name: 'late announces are acknowledged by number too',
        replace: 'numbers[answer].push(number)',
        by: 'numbers.acknowledged.push(number)',
        noticedBy:
          'are told what the log answered, each kind once, and when nothing waits any more',
      },
      {
        name: 'each session is told the answers of all',
        replace: 'reports.answered(own)',
        by: 'reports.answered(answers)',
        noticedBy: 'get their own answers of a batch, in one go',
      },
    ],
  },
  {
    file: 'tracker/viblast/read-announces.ts',
    testFile: 'tracker/viblast/read-announces.test.ts',
    edits: [
      {
        name: 'an announce that can’t be true ends its message',
        replace: 'if (reported === undefined) implausible.push(number + 0);',
        by: 'if (reported === undefined) break;',
        noticedBy: 'names by its number what can’t be true: negative time',
      },
      {
        name: 'an announce that can’t be read ends its message',
        replace: 'if (!isAnnounceNumber(number)) unreadable.indexes.push(index);',
        by: 'if (!isAnnounceNumber(number)) break;',
        noticedBy: 'names by its place what can’t be answered otherwise: no number',
      },
      {
        name: 'a number that can be read isn’t told without its time',
        replace: 'unreadable.numbers.push(number + 0);',
        by: '',
        noticedBy: 'names by its place what can’t be answered otherwise: no time',
      },
      {
        name: 'a message has as many announces as it likes',
        replace: 'index >= protocolLimits.announcesPerMessageMax',
        by: 'index < 0',
        noticedBy: 'reads as many as may come together, and names the others',
      },
      {
        name: 'unknown states are kept',
        replace: "states.has(state) ? (state as PlayerState) : 'unknown'",
        by: 'state as PlayerState',
        noticedBy: 'keeps what can be kept: a state that nobody knows',
      },
      {
        name: 'unknown failures are kept',
        replace: "knownFailures.has(failure) ? (failure as Failure) : 'none'",
        by: 'failure as Failure',
        noticedBy: 'keeps what can be kept: a failure that nobody knows',
      },
      {
        name: 'unknown reasons are kept',
        replace: 'reasons.has(cdnReason) ? (cdnReason as ToldReason) : undefined',
        by: 'cdnReason as ToldReason',
        noticedBy: 'keeps what can be kept: a reason that nobody knows',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/viblast/viewer-input.test.ts',
    edits: [
      {
        name: 'the place of what can’t be read isn’t told',
        replace: 'indexes: [...indexes],',
        by: '',
        noticedBy: 'answers each announce by itself, so that none silences another',
      },
    ],
  },
  {
    file: 'schemas/read-reported.ts',
    testFile: 'tracker/viblast/read-announces.test.ts',
    edits: [
      {
        name: 'a counter out of its bounds is believed',
        replace: 'return undefined;`;',
        by: ';`;',
        noticedBy: 'names by its number what can’t be true: more bytes than any announce has',
      },
      {
        name: 'a gauge above its bound is kept',
        replace: 'return value >= 0 ? Math.min(value, max) : untold;',
        by: 'return value >= 0 ? value : untold;',
        noticedBy: 'keeps what can be kept: a day at most',
      },
      {
        name: 'a gauge below 0 is kept',
        replace: 'return value >= 0 ? Math.min(value, max) : untold;',
        by: 'return Math.min(value, max);',
        noticedBy: 'keeps what can be kept: a negative gauge',
      },
      {
        name: 'an index above its bound is the bound',
        replace: 'return value >= 0 && value <= max ? value : untold;',
        by: 'return value >= 0 ? Math.min(value, max) : untold;',
        noticedBy: 'keeps what can be kept: a segment that is a time',
      },
      {
        name: 'fractions are kept',
        replace: 'Math.round(told) + 0',
        by: 'told + 0',
        noticedBy: 'keeps what can be kept: a fraction',
      },
      {
        name: 'null is 0',
        replace: "typeof told === 'number' ? Math.round(told) + 0 : undefined",
        by: "typeof told === 'number' || told === null ? Math.round(Number(told)) + 0 : undefined",
        noticedBy: 'keeps what can be kept: null',
      },
    ],
  },
]);
