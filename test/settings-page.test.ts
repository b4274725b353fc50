import { describe, expect, it } from '@jest/globals';
import { ingestSettings } from '../ingest/settings.js';
import { kafkaSettings } from '../kafka/index.js';
import { portalSettings } from '../portal-api/settings.js';
import { rollupSettings } from '../rollup/settings.js';
import { commonSettings, type SettingsSchema } from '../service/config.js';
import { trackerSettings } from '../tracker/settings.js';
import { publishedPage } from './testing/generated-page.js';
import { settingsPage } from './testing/settings-page.js';

const services = new Map<string, SettingsSchema>([
  ['tracker', trackerSettings],
  ['rollup', rollupSettings],
  ['ingest', ingestSettings],
  ['portal', portalSettings],
]);

const settings = [...services].flatMap(([service, { properties }]) =>
  Object.entries(properties).map(([name, schema]) => ({ service, name, schema })),
);

describe('docs/settings.md', () => {
  // UPDATE_SETTINGS_DOC=1 writes it anew after a change of a schema.
  it('is what the schemas say', () => {
    const page = settingsPage(services, { ...commonSettings, ...kafkaSettings });
    expect(publishedPage('settings.md', page, 'UPDATE_SETTINGS_DOC')).toBe(page);
  });

  it.each(settings)('has a sentence for $name of $service', ({ schema }) => {
    const description = 'description' in schema ? schema.description : undefined;
    expect(description).toMatch(/^[A-Z].{15,}[^.]\.$/);
  });
});
