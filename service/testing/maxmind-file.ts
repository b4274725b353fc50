/** What can stand in an entry. */
export type EntryValue = string | number | { readonly [name: string]: EntryValue };

interface Leaf {
  readonly dataOffset: number;
}
interface Node {
  left: Node | Leaf | undefined;
  right: Node | Leaf | undefined;
}

const recordBits = 24;
const types = { text: 2, uint32: 6, map: 7 } as const;
/** Of types from 8 on, the first byte has 0, and the second one the type less seven. */
const uint64 = Buffer.from([0x08, 0x02]);
const metadataStart = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

function sized(type: number, length: number): Buffer {
  if (length < 29) return Buffer.from([(type << 5) | length]);
  return Buffer.from([(type << 5) | 29, length - 29]);
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  if (value > 0xffffffff) return Buffer.concat([uint64, bytes]);
  return Buffer.concat([sized(types.uint32, 4), bytes.subarray(4)]);
}

function encoded(value: EntryValue): Buffer {
  if (typeof value === 'number') return unsigned(value);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([sized(types.text, text.length), text]);
  }
  const fields = Object.entries(value);
  const parts = fields.flatMap(([name, one]) => [encoded(name), encoded(one)]);
  return Buffer.concat([sized(types.map, fields.length), ...parts]);
}

const isLeaf = (one: Node | Leaf): one is Leaf => 'dataOffset' in one;

const isIPv6 = (network: string): boolean => network.includes(':');

/** The prefix of a network, bit by bit. */
function prefixBits(network: string): string {
  const [address = '', length = ''] = network.split('/');
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => text.split(/[.:]/).filter((group) => group !== '');
  const [base, groupBits] = isIPv6(network) ? ([16, 16] as const) : ([10, 8] as const);
  const bitsOf = (text: string): string =>
    groups(text)
      .map((group) => Number.parseInt(group, base).toString(2).padStart(groupBits, '0'))
      .join('');
  const bits =
    tail === undefined ? bitsOf(head) : bitsOf(head).padEnd(128 - bitsOf(tail).length, '0');
  return `${bits}${bitsOf(tail ?? '')}`.slice(0, Number(length));
}

function insert(root: Node, bits: string, leaf: Leaf): void {
  let node = root;
  for (const [index, bit] of bits.split('').entries()) {
    const side = bit === '0' ? 'left' : 'right';
    const next = node[side];
    if (index === bits.length - 1) node[side] = leaf;
    else if (next === undefined || isLeaf(next)) {
      const made: Node = { left: undefined, right: undefined };
      node[side] = made;
      node = made;
    } else node = next;
  }
}

/**
 * A file of the MaxMind DB format, version 2.0 (https://maxmind.github.io/MaxMind-DB/), with these
 * networks. Its tree is of IPv6 where one of them is, with IPv4 at ::/96.
 */
export function maxmindFile(
  entries: Readonly<Record<string, EntryValue>>,
  builtAtSeconds = 1_700_000_000,
): Buffer {
  const root: Node = { left: undefined, right: undefined };
  const data: Buffer[] = [];
  let dataOffset = 0;
  const ipVersion = Object.keys(entries).some(isIPv6) ? 6 : 4;
  for (const [network, value] of Object.entries(entries)) {
    const above = ipVersion === 6 && !isIPv6(network) ? '0'.repeat(96) : '';
    insert(root, `${above}${prefixBits(network)}`, { dataOffset });
    const bytes = encoded(value);
    data.push(bytes);
    dataOffset += bytes.length;
  }
  const nodes: Node[] = [root];
  for (const { left, right } of nodes) {
    for (const next of [left, right]) if (next !== undefined && !isLeaf(next)) nodes.push(next);
  }
  const tree = Buffer.alloc((nodes.length * 2 * recordBits) / 8);
  const record = (next: Node | Leaf | undefined): number => {
    if (next === undefined) return nodes.length;
    return isLeaf(next) ? nodes.length + 16 + next.dataOffset : nodes.indexOf(next);
  };
  for (const [index, { left, right }] of nodes.entries()) {
    tree.writeUIntBE(record(left), index * 6, 3);
    tree.writeUIntBE(record(right), index * 6 + 3, 3);
  }
  const metadata = encoded({
    node_count: nodes.length,
    record_size: recordBits,
    ip_version: ipVersion,
    database_type: 'Test',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: builtAtSeconds,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, metadataStart, metadata]);
}

/** The same file where the first of these texts in it can't be read any more. */
export function brokenAt(file: Buffer, text: string): Buffer {
  const broken = Buffer.from(file);
  broken[broken.indexOf(text) - 1] = 0;
  return broken;
}
