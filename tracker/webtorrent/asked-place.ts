/** What the URL of a WebTorrent client's socket says. */
export interface AskedPlace {
  /** Key of the stream: `?stream=KEY`, or the path `/KEY`; undefined where it names none. */
  readonly stream: string | undefined;
  /** `?session=`, where the stream asks for a token, or the player reports by itself. */
  readonly session: string | undefined;
  /** `?viewer=`: 22 signs of base64url by which its page is known again; else undefined. */
  readonly viewer: string | undefined;
  /** True: the player reports by itself: it has a session, and doesn't say `?reports=false`. */
  readonly reports: boolean;
  /** `?token=`, where the stream asks for one. */
  readonly token: string | undefined;
  /** `?connection=`: what the device is connected by. */
  readonly connection: string | undefined;
}

/** What WebTorrent trackers have as their path by custom: it names no stream. */
const customaryPaths: ReadonlySet<string> = new Set(['', 'announce']);

/** Longer than any peer_id, so that none is taken for it. */
const viewerShape = /^[A-Za-z0-9_-]{22}$/;

/** Reads the target of an upgrade request, such as `/arena?session=…`. Never throws. */
export function askedPlace(target: string): AskedPlace {
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const told = (name: string): string | undefined => query.get(name) ?? undefined;
  const inPath = decoded(withoutSlashes(path));
  const stream = told('stream') ?? (customaryPaths.has(inPath) ? undefined : inPath);
  const session = told('session');
  return {
    stream,
    session,
    viewer: viewerShape.exec(told('viewer') ?? '')?.[0],
    reports: session !== undefined && told('reports') !== 'false',
    token: told('token'),
    connection: told('connection'),
  };
}

/** Without those at both ends. */
function withoutSlashes(path: string): string {
  let [begin, end] = [0, path.length];
  while (path[begin] === '/') begin += 1;
  while (end > begin && path[end - 1] === '/') end -= 1;
  return path.slice(begin, end);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
