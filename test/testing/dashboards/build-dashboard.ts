import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  defaultDashboard,
  type GridPos,
  type Panel,
  type RowPanel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardOf, PanelOf } from './panel.js';

/** As deploy/grafana/provisioning/datasources/viblast.yml has it. */
const prometheus = { type: 'prometheus', uid: 'viblast-prometheus' };
const tag = 'viblast';
/** The model of dashboards that are provisioned from files; the library has a newer one besides. */
type FileDashboard = ReturnType<typeof defaultDashboard>;
/** Of Grafana's grid. */
const columns = 24;
const lineSize = { w: 8, h: 8 };
const valueSize = { w: 4, h: 4 };

/** A dashboard in Grafana's model, by the types and builders of its own library. */
export function buildDashboard({ uid, title, rows }: DashboardOf): string {
  const dashboard: FileDashboard = {
    ...defaultDashboard(),
    uid,
    title,
    tags: [tag],
    editable: false,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    graphTooltip: DashboardCursorSync.Crosshair,
    links: [
      new DashboardLinkBuilder('Viblast')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .keepTime(true)
        .build(),
    ],
    panels: layOut(rows),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

/** Row by row, each with its panels from left to right in as many lines as they need. */
function layOut(rows: DashboardOf['rows']): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels: ofRow } of rows) {
    panels.push(
      new RowBuilder(title)
        .id(panels.length + 1)
        .gridPos(place(0, y, columns, 1))
        .build(),
    );
    y += 1;
    let x = 0;
    let height = 0;
    for (const one of ofRow) {
      const size = isValue(one) ? valueSize : lineSize;
      if (x + size.w > columns) {
        x = 0;
        y += height;
      }
      height = size.h;
      const id = panels.length + 1;
      panels.push(
        buildPanel(one)
          .id(id)
          .gridPos(place(x, y, size.w, size.h))
          .build(),
      );
      x += size.w;
    }
    y += height;
  }
  return panels;
}

function place(x: number, y: number, w: number, h: number): GridPos {
  return { x, y, w, h };
}

function isValue({ redFrom, redBelow }: PanelOf): boolean {
  return redFrom !== undefined || redBelow !== undefined;
}

function buildPanel(panel: PanelOf): StatBuilder | TimeseriesBuilder {
  const builder = isValue(panel) ? valueBuilder(panel) : lineBuilder();
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(prometheus)
    .unit(panel.unit ?? 'short');
  for (const [index, { expr, legend }] of panel.queries.entries()) {
    builder.withTarget(
      new DataqueryBuilder()
        .datasource(prometheus)
        .refId(String.fromCodePoint('A'.charCodeAt(0) + index))
        .expr(expr)
        .legendFormat(legend),
    );
  }
  return builder;
}

function lineBuilder(): TimeseriesBuilder {
  return new TimeseriesBuilder().lineWidth(1).fillOpacity(10).min(0);
}

function valueBuilder({ redFrom, redBelow }: PanelOf): StatBuilder {
  const steps: Threshold[] =
    redFrom === undefined
      ? [
          { value: null, color: 'red' },
          { value: redBelow ?? 0, color: 'green' },
        ]
      : [
          { value: null, color: 'green' },
          { value: redFrom, color: 'red' },
        ];
  return new StatBuilder()
    .noValue('none')
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}
