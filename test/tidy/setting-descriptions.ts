/** A module of settings, by its path, with what it exports. */
export interface SettingsModule {
  readonly path: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Every setting of the schemas that a module exports says in a sentence what it does. */
export function settingsWithoutDescription({ path, exports }: SettingsModule): string[] {
  return Object.values(exports).flatMap((schema) =>
    Object.entries(propertiesOf(schema))
      .filter(([, property]) => !isDescribed(property))
      .map(([name]) => `${path}: setting ${name} has no description`),
  );
}

function propertiesOf(schema: unknown): object {
  const isSchema = typeof schema === 'object' && schema !== null && 'properties' in schema;
  return isSchema && typeof schema.properties === 'object' ? (schema.properties ?? {}) : {};
}

function isDescribed(property: unknown): boolean {
  if (typeof property !== 'object' || property === null) return false;
  const description: unknown = Reflect.get(property, 'description');
  return typeof description === 'string' && description.trim() !== '';
}
