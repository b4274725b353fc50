import { describe, expect, it } from '@jest/globals';
import type { StreamAnswer } from '../api/shapes.js';
import { formOf, onTopOf, withTypedSince, type FormState } from './settings-form.js';
import type { Draft } from './settings-draft.js';

const stream: StreamAnswer = {
  key: 'arena',
  title: 'Arena',
  origins: [],
  tokenKeys: [],
  renditions: [],
  countPlainSockets: true,
  isArchived: false,
  options: { groups: ['sports'] },
  revision: 3,
  createdAtMs: 1,
  changedAtMs: 2,
  changedBy: 'user:ann',
};
const opened = formOf({ stream, entityTag: '"3"' });
const typed = (draft: Partial<Draft>): FormState => ({
  ...opened,
  draft: { ...opened.draft, ...draft },
  status: 'saving',
});
const changedTo = (change: Partial<StreamAnswer>) => ({
  stream: { ...stream, ...change, revision: 4 },
  entityTag: '"4"',
});

describe('a form whose stream was changed meanwhile', () => {
  it.each<[Partial<Draft>, Partial<StreamAnswer>]>([
    [{ title: ' Arena 2 ' }, { title: 'Arena 2' }],
    [{ groups: 'sports news' }, { options: { groups: ['sports', 'news'] } }],
    [
      { holdbackPercent: '5' },
      {
        options: {
          ...stream.options,
          policy: { holdbackPercent: 5 },
          graphiteFacets: ['holdback'],
        },
      },
    ],
    [{ title: 'Arena 2' }, { title: 'Arena 2', renditions: ['sd'] }],
  ])('is saved where that says all of %j', (draft, change) => {
    const theirs = changedTo(change);
    expect(onTopOf(theirs, typed(draft))).toEqual({ ...formOf(theirs), status: 'saved' });
  });

  it('has both changes where it does not, to be saved once more', () => {
    const theirs = changedTo({ renditions: ['sd'] });
    const form = onTopOf(theirs, typed({ title: 'Arena 2' }));
    expect(form).toMatchObject({
      base: theirs,
      draft: { title: 'Arena 2', renditions: 'sd' },
      conflict: { fields: [] },
      status: 'editing',
    });
  });

  it('tells of what both changed', () => {
    const theirs = changedTo({ title: 'Theirs' });
    const form = onTopOf(theirs, typed({ title: 'Ours' }));
    expect([form.draft.title, form.conflict?.fields]).toEqual(['Ours', ['title']]);
  });
});

describe('what is typed while a form is saved', () => {
  const sent = typed({ title: 'Arena 2' });
  const now = typed({ title: 'Arena 2', renditions: 'sd' });

  it('stays on top of what was saved, to be saved next', () => {
    const theirs = changedTo({ title: 'Arena 2', origins: ['https://a.example'] });
    expect(withTypedSince({ ...formOf(theirs), status: 'saved' }, sent, now)).toMatchObject({
      base: theirs,
      draft: { title: 'Arena 2', origins: 'https://a.example', renditions: 'sd' },
      status: 'editing',
    });
  });

  it('stays where nothing was saved', () => {
    const next = withTypedSince({ ...sent, status: 'unreachable' }, sent, now);
    expect(next).toEqual({ ...now, status: 'unreachable' });
  });

  it('is nothing where nobody typed', () => {
    const next: FormState = { ...formOf(changedTo({ title: 'Arena 2' })), status: 'saved' };
    expect(withTypedSince(next, sent, { ...sent, status: 'saving' })).toBe(next);
  });
});
