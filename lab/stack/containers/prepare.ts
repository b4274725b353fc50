import { kafkaJars } from '../install/kafka-jars.js';
import type { Supervisor } from '../process/supervisor.js';
import { baseImages } from './base-images.js';
import { openEngine } from './engine.js';
import { buildImages } from './images.js';

/**
 * Everything that containers need: an engine that runs, and the images. Once for this process and
 * those that it starts.
 */
export async function prepareContainers(supervisor: Supervisor): Promise<void> {
  if (process.env['STACK_IS_PREPARED'] !== undefined) return;
  const say = (line: string): void => supervisor.say(line);
  // Where this program runs in a container itself, it would be looked for on a network of its own.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  await openEngine(supervisor, () => {
    delete process.env['STACK_IS_PREPARED'];
  });
  await kafkaJars(say);
  await buildImages(await baseImages(say), say);
  process.env['STACK_IS_PREPARED'] = '1';
}
