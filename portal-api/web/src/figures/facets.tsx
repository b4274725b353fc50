import { fetchFacet, type Span } from '../api/figures.js';
import type { FacetAnswer } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { percent } from '../format.js';
import { usePage } from '../page-context.js';
import { Figure } from '../parts/figure.js';
import { FailureNotice } from '../parts/notice.js';
import { facetColumns } from './facet-columns.js';
import { shareOf } from './sums.js';

const everyMs = 60_000;
const minuteMs = 60_000;

interface FacetsProps {
  readonly stream: string;
  /** Those that Graphite is told of. */
  readonly asked: readonly string[];
  readonly chosen: string;
  readonly choose: (facet: string) => void;
  readonly span: () => Span;
  readonly spanKey: string;
}

/** The audience told apart by a facet of choice. */
export function Facets(props: FacetsProps) {
  const { asked, chosen, choose } = props;
  const facet = asked.find((name) => name === chosen) ?? asked[0];
  if (facet === undefined) return null;
  return (
    <section class="card wide" aria-labelledby="facets-title">
      <div class="card-head">
        <h2 id="facets-title">For whom</h2>
        <label class="inline">
          <span>by</span>
          <select value={facet} onChange={(event) => choose(event.currentTarget.value)}>
            {asked.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <FacetValues {...props} facet={facet} />
    </section>
  );
}

function FacetValues(props: FacetsProps & { readonly facet: string }) {
  const { stream, facet, span, spanKey } = props;
  const { value, valueAtMs, failure } = usePolled(
    `facet ${stream} ${facet} ${spanKey}`,
    (signal) => fetchFacet(stream, facet, span(), signal),
    everyMs,
  );
  return (
    <>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <p class="note">Loading…</p>}
      {value !== undefined && <SinceNote answer={value} />}
      {value !== undefined && <FacetTable answer={value} />}
    </>
  );
}

/** Says so where the facet was asked for within the range, or after it. */
function SinceNote({ answer }: { readonly answer: FacetAnswer }) {
  const { zone } = usePage();
  const { facet, knownFromMs, fromMs } = answer;
  if (knownFromMs === fromMs) return null;
  const since =
    knownFromMs === null
      ? 'Nothing is known of this range'
      : `Since ${zone.dayAndTime(knownFromMs, minuteMs)}`;
  return (
    <p class="note">
      {since}: Graphite was not told of <i>{facet}</i> before.
    </p>
  );
}

function FacetTable({ answer }: { readonly answer: FacetAnswer }) {
  const rows = answer.values.toSorted((one, other) => (other.viewers ?? 0) - (one.viewers ?? 0));
  const names = [answer.facet, ...facetColumns.map(({ name }) => name), 'Offload', 'Stalled'];
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={`By ${answer.facet}, table`}>
      <table>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.value}>
              <th scope="row">{row.value}</th>
              {facetColumns.map(({ of, text }) => (
                <td key={of}>
                  <Figure text={text(row[of])} isMarked={row.atLeast.includes(`/${of}`)} />
                </td>
              ))}
              <td>{percent(shareOf(row.cdnBytes, row.peerBytes))}</td>
              <td>{percent(row.stallRatio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
