import { describe, expect, it } from '@jest/globals';
import type { StreamAnswer } from '../api/shapes.js';
import { formOf, onTopOf, withTyped, type FormState } from './settings-form.js';
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
  it('stays, on top of what came of it', () => {
    const sent = typed({ title: 'One' });
    const changed = changedTo({ title: 'One' });
    const next: FormState = { ...formOf(changed), status: 'saved' };
    expect(withTyped(next, sent.draft, sent.draft)).toBe(next);
    expect(withTyped(next, sent.draft, { ...sent.draft, title: 'Two' })).toMatchObject({
      base: changed,
      draft: { title: 'Two' },
      status: 'editing',
    });
  });
});
