import type { ComponentChildren } from 'preact';
import { Figure } from '../parts/figure.js';

export interface Kpi {
  readonly name: string;
  readonly value: string;
  /** True: it means at least what it tells. */
  readonly isMarked?: boolean;
  /** When, or of how many. */
  readonly note?: string;
  readonly change?: ComponentChildren;
}

/** The figures that are asked for first, in one row. */
export function KpiStrip(props: { readonly label: string; readonly kpis: readonly Kpi[] }) {
  return (
    <section class="card kpis" aria-label={props.label}>
      <dl>
        {props.kpis.map(({ name, value, isMarked = false, note, change }) => (
          <div key={name} class="kpi">
            <dt>{name}</dt>
            <dd>
              <span class="kpi-value">
                <Figure text={value} isMarked={isMarked} />
              </span>
              {change}
              <span class="kpi-note">{note ?? ' '}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
