import { Command, InvalidArgumentError } from 'commander';
import { ClickHouseEngine } from './engine.js';
import { createFront } from './server.js';

/**
 * The ClickHouse engine as a server: `node front.js --folder DIR --port N`. On SIGTERM it answers
 * what it has begun, closes the data and ends. What it answered to is in the kernel's hands: it
 * survives a kill -9, as with a ClickHouse server.
 */

const command = new Command()
  .requiredOption('--folder <path>', 'where the data is')
  .requiredOption('--port <number>', 'the HTTP port', port)
  .option('--host <address>', 'the address to listen on', '127.0.0.1')
  .parse();
const options = command.opts<{ folder: string; port: number; host: string }>();

const engine = new ClickHouseEngine(options.folder);
const server = createFront(engine);
server.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(options.port, options.host, () => {
  console.log(`listens on ${options.host}:${options.port}, pid ${process.pid}`);
});

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void stop();
  });
}

async function stop(): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const idleTimer = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(idleTimer);
  await engine.close();
  process.exit(0);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new InvalidArgumentError('not a port number');
  }
  return value;
}
