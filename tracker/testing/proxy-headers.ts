import { isIPv6, SocketAddress } from 'node:net';

/** A PROXY header of version 1 that says who comes. */
export function proxyV1(source: string): Buffer {
  const [family, destination] = isIPv6(source) ? ['TCP6', '::1'] : ['TCP4', '127.0.0.1'];
  return Buffer.from(`PROXY ${family} ${source} ${destination} 4711 2911\r\n`);
}

interface HeaderParts {
  readonly version?: number;
  /** 0: the proxy speaks for itself; 1: for a viewer. */
  readonly command?: number;
  readonly family?: number;
  /** Behind the addresses, as TLVs are. */
  readonly extra?: Buffer;
}

/** A PROXY header of version 2 that says who comes. */
export function proxyV2(source: string, parts: HeaderParts = {}): Buffer {
  const { version = 2, command = 1, extra = Buffer.alloc(0) } = parts;
  const family = parts.family ?? (isIPv6(source) ? 2 : 1);
  const address = addressBytes(source);
  const ports = Buffer.from([0x12, 0x67, 0x0b, 0x5f]);
  const body = Buffer.concat([address, Buffer.alloc(address.length), ports, extra]);
  const head = Buffer.alloc(16);
  head.write('\r\n\r\n\0\r\nQUIT\n', 'latin1');
  head.writeUInt8((version << 4) | command, 12);
  head.writeUInt8((family << 4) | 1, 13);
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
}

function addressBytes(source: string): Buffer {
  if (!isIPv6(source)) return Buffer.from(source.split('.').map(Number));
  const short = new SocketAddress({ address: source, family: 'ipv6' }).address;
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(short);
  const [a, b, c, d] = (dotted ?? []).slice(1).map(Number);
  const hex = (high = 0, low = 0): string => ((high << 8) | low).toString(16);
  const grouped = dotted === null ? short : short.replace(dotted[0], `${hex(a, b)}:${hex(c, d)}`);
  const [head = [], tail = []] = grouped
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const bytes = [...head, ...zeros, ...tail].flatMap((group) => {
    const number = parseInt(group, 16);
    return [number >> 8, number & 255];
  });
  return Buffer.from(bytes);
}
