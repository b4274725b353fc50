/**
 * A plugin with the name by which Fastify tells of it when its start fails or hangs. For one
 * without a name it looks through all modules that are loaded for a file that exports it.
 */
export function named<Plugin extends object>(name: string, plugin: Plugin): Plugin {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: name });
}
