import { createServer, request, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const maxHeaderSize = 1_048_576;

/**
 * A proxy before a server on this host, which says of each request that it comes from another
 * address: whoever fails to come in is counted by address. Resolves with it and where it listens.
 */
export async function manyAddresses(
  target: string,
): Promise<{ readonly url: string; readonly server: Server }> {
  const { hostname, port } = new URL(target);
  let count = 0;
  // What is too long is for the server behind to answer.
  const server = createServer({ maxHeaderSize }, (from, to) => {
    count += 1;
    const address = `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`;
    const headers = { ...from.headers, 'x-forwarded-for': address };
    const { method, url: path } = from;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', (error) => to.destroy(error));
    from.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
