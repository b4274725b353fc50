import type { ComponentChildren } from 'preact';

export interface Kpi {
  readonly name: string;
  readonly value: string;
  /** When, or of how many. */
  readonly note?: string;
  readonly change?: ComponentChildren;
}

/** The figures that are asked for first, in one row. */
export function KpiStrip(props: { readonly label: string; readonly kpis: readonly Kpi[] }) {
  return (
    <section class="card kpis" aria-label={props.label}>
      <dl>
        {props.kpis.map(({ name, value, note, change }) => (
          <div key={name} class="kpi">
            <dt>{name}</dt>
            <dd>
              <span class="kpi-value">{value}</span>
              {change}
              <span class="kpi-note">{note ?? ' '}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
