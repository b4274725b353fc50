import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { findCommand } from '../install/run-command.js';
import { answersOk } from '../process/probes.js';
import type { Supervisor } from '../process/supervisor.js';
import type { Prometheus } from '../types.js';
import { replaceIn, shippedFile } from './templates.js';

/** Whom a job asks for its metrics, `host:port` each. */
export type ScrapeTargets = Readonly<Record<string, readonly string[]>>;

const scrapeSeconds = 1;
/** What the rules wait before they fire, at most: what has to last for minutes lasts for this. */
const forSeconds = 3;

/**
 * Starts a Prometheus with the shipped alert rules, impatient ones, that asks `targets` each
 * second.
 */
export async function startPrometheus(
  supervisor: Supervisor,
  targets: ScrapeTargets,
): Promise<Prometheus> {
  const command = findCommand('prometheus');
  if (command === undefined) {
    throw new StartError('command_missing', 'prometheus is missing', exitCode.unavailable);
  }
  const folder = join(supervisor.folder, 'prometheus');
  mkdirSync(folder, { recursive: true });
  const rules = replaceIn(
    shippedFile('prometheus', 'alerts.yml'),
    /^ {8}for: \d+[mh]$/gm,
    `        for: ${forSeconds}s`,
  );
  writeFileSync(join(folder, 'alerts.yml'), rules);
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration(targets)));
  const url = `127.0.0.1:${await supervisor.ports.reserve()}`;
  await supervisor.run({
    name: 'prometheus',
    command,
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${url}`,
    ],
    isReady: () => answersOk(`http://${url}/-/ready`),
  });
  return { holds: (expression) => holdsAt(url, expression), firing: () => firingAt(url) };
}

/** JSON is YAML. */
function configuration(targets: ScrapeTargets): object {
  return {
    global: {
      scrape_interval: `${scrapeSeconds}s`,
      scrape_timeout: `${scrapeSeconds}s`,
      evaluation_interval: `${scrapeSeconds}s`,
    },
    rule_files: ['alerts.yml'],
    scrape_configs: Object.entries(targets).map(([job, addresses]) => ({
      job_name: job,
      static_configs: [{ targets: addresses }],
    })),
  };
}

async function holdsAt(url: string, expression: string): Promise<boolean> {
  const query = new URLSearchParams({ query: expression });
  const response = await fetch(`http://${url}/api/v1/query?${query.toString()}`);
  // Prometheus' own API says so.
  const { data } = (await response.json()) as { readonly data: { readonly result: unknown[] } };
  return data.result.length > 0;
}

interface AlertsAnswer {
  readonly data: {
    readonly alerts: readonly {
      readonly state: string;
      readonly labels: { readonly alertname: string };
    }[];
  };
}

async function firingAt(url: string): Promise<readonly string[]> {
  const response = await fetch(`http://${url}/api/v1/alerts`);
  // Prometheus' own API says so.
  const { data } = (await response.json()) as AlertsAnswer;
  const firing = data.alerts.filter(({ state }) => state === 'firing');
  return [...new Set(firing.map(({ labels }) => labels.alertname))].sort();
}
