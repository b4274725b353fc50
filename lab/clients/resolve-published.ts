import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clientsFolder } from './published.js';

const parentURL = pathToFileURL(join(clientsFolder, 'package.json')).href;
const prefix = 'published:';

/**
 * A hook of Node's module loader: `published:NAME` is a package of the published clients. One of
 * them imports WebRTC from a package that compiles itself when it is installed, or fetches a
 * program from somewhere; it is handed another one.
 */
export async function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<object>,
): Promise<object> {
  if (specifier === 'webrtc-polyfill') {
    return { url: new URL('./webrtc.js', import.meta.url).href, shortCircuit: true };
  }
  return specifier.startsWith(prefix)
    ? next(specifier.slice(prefix.length), { ...context, parentURL })
    : next(specifier, context);
}
