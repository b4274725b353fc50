// One stack for all integration tests, with minutes of five seconds. Not TypeScript: Jest turns
// that into CommonJS here, which can't import the compiled program.
const { startStack } = await import(
  new URL('../../dist/lab/stack/index.js', import.meta.url).pathname
);

export default async function globalSetup() {
  const stack = await startStack({
    trackers: 2,
    rollups: 2,
    ingests: 1,
    portal: true,
    intervalSeconds: 5,
    lateSeconds: 15,
    graceSeconds: 5,
    takeoverSeconds: 10,
    progress: (line) => process.stderr.write(`stack: ${line}\n`),
  });
  globalThis.sharedStack = stack;
  process.env['INTEGRATION_STACK'] = JSON.stringify(stack.addresses());
}
