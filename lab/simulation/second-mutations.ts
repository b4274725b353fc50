import { CellRows } from '../../rollup/partials/cell-rows.js';
import { FacetValues } from '../../rollup/partials/facet-values.js';
import { SessionTable } from '../../rollup/partials/session-table.js';
import { MinuteTotals } from '../../rollup/totals/minute-totals.js';
import { AnnounceColumns, roles, untoldValue, type FacetCell } from '../../schemas/index.js';
import { patch, usually, type Mutation } from './mutation.js';
import { repacked } from './repacked.js';

/** What came with the second version of announces, and how minutes are counted by facet. */
export const secondMutations: readonly Mutation[] = [
  {
    name: 'whoever reports counts as a viewer',
    ...usually,
    apply: () =>
      patch(
        CellRows.prototype,
        'countAnnounce',
        (original) =>
          function (this: CellRows, rows, count, viewers, columns, index) {
            columns.roles[index] = roles.indexOf('viewer');
            original.call(this, rows, count, viewers, columns, index);
          },
      ),
  },
  {
    name: 'what seeders fetch and send counts nowhere apart',
    ...usually,
    apply: () =>
      patch(
        CellRows.prototype,
        'countAnnounce',
        (original) =>
          function (this: CellRows, rows, count, viewers, columns, index) {
            const role = columns.roles[index];
            if (role === roles.indexOf('seeder')) columns.roles[index] = roles.indexOf('preview');
            original.call(this, rows, count, viewers, columns, index);
          },
      ),
  },
  {
    name: 'announces of the first version tell what those before them told',
    ...usually,
    apply: () =>
      patch(
        AnnounceColumns.prototype,
        'begin',
        (original) =>
          function (this: AnnounceColumns) {
            original.call(this, true);
          },
      ),
  },
  {
    name: "a viewer stays with the facets of its session's first announce",
    ...usually,
    apply: () =>
      patch(
        SessionTable.prototype,
        'setFacets',
        (original) =>
          function (this: SessionTable, entry, values, count) {
            if (this.facetCount(entry) === 0) original.call(this, entry, values, count);
          },
      ),
  },
  {
    name: 'one value of a facet stands for all that an announce tells',
    ...usually,
    apply: () =>
      patch(
        FacetValues.prototype,
        'numbersOf',
        (original) =>
          function (this: FacetValues, columns, batch) {
            return original.call(this, columns, batch).map(() => 0);
          },
      ),
  },
  {
    name: 'what is not told is left out',
    ...usually,
    apply: () =>
      patch(
        MinuteTotals.prototype,
        'total',
        (original) =>
          function (this: MinuteTotals, stream) {
            const total = original.call(this, stream);
            const { facets } = total;
            if (facets === undefined) return total;
            const add = (): readonly FacetCell[] =>
              facets.add().filter(({ value }) => value !== untoldValue);
            return { ...total, facets: { countMax: facets.countMax, add } };
          },
      ),
  },
  {
    name: 'facets of one input partition stand for all',
    ...usually,
    apply: () =>
      patch(
        MinuteTotals.prototype,
        'apply',
        (original) =>
          function (this: MinuteTotals, part, nextOffset) {
            const isWithoutFacets = part.record.inputPartition !== 0;
            return original.call(this, repacked(part, { isWithoutFacets }), nextOffset);
          },
      ),
  },
];
