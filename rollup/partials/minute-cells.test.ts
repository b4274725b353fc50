import { describe, expect, it } from '@jest/globals';
import { AnnounceColumns, countAt, plainCellOf, type Announce } from '../../schemas/index.js';
import { announce, sessionOf } from '../testing/announces.js';
import { MinuteCells } from './minute-cells.js';

function add(minute: MinuteCells, one: Announce, nextOffset: number): boolean {
  const columns = new AnnounceColumns();
  columns.fill({ tracker: 't', written: 0, announces: [one] });
  return minute.add(columns, 0, 1, nextOffset) === 1;
}

describe('MinuteCells', () => {
  it('counts a viewer once, in the cell of the highest number, whatever the order', () => {
    const minute = new MinuteCells(0, 0);
    add(minute, announce({ number: 5, quality: '1080p' }), 1);
    add(minute, announce({ number: 3, quality: '720p' }), 2);
    add(minute, announce({ number: 9, quality: '480p', browser: 'Firefox' }), 3);
    const cells = [...minute.changed()].find(({ stream }) => stream === 'arena')?.cells ?? [];
    const viewers = cells
      .map(plainCellOf)
      .map((cell) => [cell.quality, cell.browser, cell.viewers, cell.announces]);
    expect(viewers).toEqual([
      ['1080p', 'Chrome', 0, 1],
      ['720p', 'Chrome', 0, 1],
      ['480p', 'Firefox', 1, 1],
    ]);
  });

  it('counts as viewers only who is one by its highest number', () => {
    const minute = new MinuteCells(0, 0);
    add(minute, announce({ number: 1, quality: '720p' }), 1);
    add(minute, announce({ number: 2, quality: '720p', role: 'preview' }), 2);
    add(minute, announce({ number: 0, session: sessionOf(7), role: 'seeder' }), 3);
    const viewers = () =>
      [...minute.changed()][0]?.cells.map(plainCellOf).map((cell) => cell.viewers);
    expect(viewers()).toEqual([0]);
    add(minute, announce({ number: 3, quality: '1080p' }), 4);
    expect(viewers()).toEqual([0, 1]);
  });

  it('counts a viewer with the facets of its highest number, and what it tells with those it had', () => {
    const minute = new MinuteCells(0, 0);
    const facetValues = [
      { facet: 'country', value: 'CZ' },
      { facet: 'device', value: 'tv' },
      { facet: 'country', value: 'DE' },
    ];
    const tell = (number: number, facets: readonly number[], nextOffset: number): boolean => {
      const columns = new AnnounceColumns();
      const announces = [announce({ number, cdnBytes: 10 ** number, facets })];
      columns.fill({ tracker: 't', written: 0, facetValues, announces });
      return minute.add(columns, 0, 1, nextOffset) === 1;
    };
    const told = () =>
      [...minute.changed()][0]?.facets?.map(({ facet, value, counts }) => {
        const [viewers, announces, bytes] = [0, 1, 5].map((place) => countAt(counts, place));
        return [facet, value, viewers, announces, bytes];
      });
    tell(1, [0, 1], 1);
    expect(told()).toEqual([
      ['country', 'CZ', 1, 1, 10],
      ['device', 'tv', 1, 1, 10],
    ]);
    // The other way round, a copy elsewhere, an earlier one, and one that tells nothing of them.
    tell(3, [1, 2], 2);
    expect(tell(1, [2], 3)).toBe(false);
    tell(2, [0], 4);
    expect(told()).toEqual([
      ['country', 'CZ', 0, 2, 110],
      ['device', 'tv', 1, 2, 1_010],
      ['country', 'DE', 1, 1, 1_000],
    ]);
    tell(4, [], 5);
    expect(told()?.map(([, , viewers]) => viewers)).toEqual([0, 0, 0]);
    expect([...minute.changed()][1]).not.toHaveProperty('facets');
  });

  it('leaves out a value that only a copy has', () => {
    const minute = new MinuteCells(0, 0);
    const facetValues = [{ facet: 'country', value: 'CZ' }];
    add(minute, announce({ number: 1 }), 1);
    const columns = new AnnounceColumns();
    const announces = [announce({ number: 1, facets: [0] })];
    columns.fill({ tracker: 't', written: 0, facetValues, announces });
    expect(minute.add(columns, 0, 1, 2)).toBe(0);
    expect([...minute.changed()][0]).not.toHaveProperty('facets');
  });

  it('takes a copy of an announce out', () => {
    const minute = new MinuteCells(0, 0);
    expect(add(minute, announce({ number: 1, cdnBytes: 10 }), 1)).toBe(true);
    expect(add(minute, announce({ number: 1, cdnBytes: 10 }), 2)).toBe(false);
    expect([...minute.changed()][0]?.cells.map(plainCellOf)).toMatchObject([
      { announces: 1, cdnBytes: 10, viewers: 1 },
    ]);
  });

  it('adds up all streams under *, with the usual qualities', () => {
    const minute = new MinuteCells(0, 0);
    add(minute, announce({ stream: 'arena', quality: '720p', peerBytes: 1 }), 1);
    add(minute, announce({ stream: 'studio', quality: '720p', peerBytes: 2 }), 2);
    add(
      minute,
      announce({ stream: 'studio', quality: 'cinema-4k', session: sessionOf(9), peerBytes: 4 }),
      3,
    );
    add(minute, announce({ stream: 'cinema', quality: 'hd=720p', peerBytes: 8 }), 4);
    add(minute, announce({ stream: 'opera', quality: '800p', peerBytes: 16 }), 5);
    const all = [...minute.changed()].find(({ stream }) => stream === '*')?.cells.map(plainCellOf);
    expect(all?.map((cell) => [cell.quality, cell.viewers, cell.peerBytes])).toEqual([
      ['720p', 4, 27],
      ['other', 1, 4],
    ]);
  });

  it('tells as changed what changed after the acknowledged version, also while it was being sent', () => {
    const minute = new MinuteCells(0, 0);
    add(minute, announce({ stream: 'arena', number: 1 }), 1);
    add(minute, announce({ stream: 'studio', number: 1 }), 2);
    const names = (): string[] => [...minute.changed()].map(({ stream }) => stream);
    expect(names()).toEqual(['arena', 'studio', '*']);
    add(minute, announce({ stream: 'studio', number: 2 }), 3);
    minute.acknowledge(2);
    expect(names()).toEqual(['studio', '*']);
    minute.acknowledge(3);
    expect(names()).toEqual([]);
  });
});
