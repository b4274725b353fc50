import { mutationsOf } from './source-mutation.js';

const forwardedFor = (header: string, address: string, why: string): string =>
  `of 127.0.0.1 with X-Forwarded-For ${header} is ${address}: ${why}`;

/** Where viewers come from, and connections that are refused. */
export const addressMutations = mutationsOf([
  {
    file: 'tracker/sockets/forwarded-hops.ts',
    testFile: 'tracker/sockets/client-address.test.ts',
    edits: [
      {
        name: 'an address with a port is none',
        replace: 'bracketed ?? beforePort ?? node',
        by: 'bracketed ?? node',
        noticedBy: forwardedFor('203.0.113.7:4711', '203.0.113.7', 'with a port'),
      },
      {
        name: 'an address in brackets is none',
        replace: 'bracketed ?? beforePort ?? node',
        by: 'beforePort ?? node',
        noticedBy: forwardedFor('[2001:db8::1]:80', '2001:db8::1', 'in brackets, with a port'),
      },
      {
        name: 'an address in quotes is none',
        replace: '.replace(/^"(.*)"$/, \'$1\')',
        by: '',
        noticedBy: forwardedFor(
          '"[2001:db8::1]:80"',
          '2001:db8::1',
          'quoted, in brackets, with a port',
        ),
      },
      {
        name: 'the farthest hop is believed',
        replace: 'for (const node of nodes.toReversed()) {',
        by: 'for (const node of nodes) {',
        noticedBy: forwardedFor(
          '1.2.3.4, 198.51.100.1',
          '198.51.100.1',
          'what came before is made up',
        ),
      },
      {
        name: 'Forwarded says nothing',
        replace: "return hopsOfForwarded(headers.forwarded ?? '');",
        by: 'return [];',
        noticedBy: 'with Forwarded for=203.0.113.7 is 203.0.113.7: IPv4',
      },
      {
        name: 'a comma in quotes ends an element of Forwarded',
        replace: 'while (comma >= 0 && !isElement(rest.slice(comma + 1))) {',
        by: "while (comma >= 0 && rest.slice(comma + 1) === '\"') {",
        noticedBy:
          'with Forwarded for=198.51.100.1;host="a,b" is 198.51.100.1: a comma inside quotes',
      },
      {
        name: 'an empty X-Forwarded-For hides Forwarded',
        replace: "forwardedFor !== ''",
        by: "headers['x-forwarded-for'] !== undefined",
        noticedBy: 'is by Forwarded where X-Forwarded-For is empty',
      },
      {
        name: 'the header that the setting names is not asked for',
        replace: "if (header === 'none') return [];",
        by: '',
        noticedBy: 'where both headers come, by the setting none, is 127.0.0.1',
      },
    ],
  },
  {
    file: 'tracker/sockets/client-address.ts',
    testFile: 'tracker/sockets/client-address.test.ts',
    edits: [
      {
        name: 'a stranger chooses its address',
        replace: 'while (isTrusted(address, trusted)) {',
        by: 'for (;;) {',
        noticedBy:
          'of 203.0.113.9 with X-Forwarded-For 198.51.100.1 is 203.0.113.9: a stranger cannot choose its address',
      },
    ],
  },
  {
    file: 'tracker/sockets/ip-address.ts',
    testFile: 'tracker/sockets/client-address.test.ts',
    edits: [
      {
        name: 'IPv4 inside IPv6 is another address',
        replace: '/^::ffff:(\\d+\\.\\d+\\.\\d+\\.\\d+)$/.exec(short)?.[1] ?? short',
        by: 'short',
        noticedBy: forwardedFor('::ffff:203.0.113.7', '203.0.113.7', 'IPv4 inside IPv6'),
      },
      {
        name: 'each address of an IPv6 network counts by itself',
        replace: 'isIP(address) === 6 ?',
        by: "address === '' ?",
        noticedBy: '2001:db8:1:2::9 counts as one of 2001:db8:1:2::/64',
      },
    ],
  },
  {
    file: 'tracker/sockets/header-habits.ts',
    testFile: 'tracker/sockets/header-habits.test.ts',
    edits: [
      {
        name: 'what a viewer adds beside what its proxy writes is believed',
        replace: "return this.#written.get(proxy) ?? 'either';",
        by: "return 'either';",
        noticedBy: 'is the one that came without the other, where both come',
      },
    ],
  },
  {
    file: 'tracker/sockets/proxy-hints.ts',
    testFile: 'tracker/sockets/server.test.ts',
    edits: [
      {
        name: 'a proxy that is not trusted is not named',
        replace: '} else if (first !== forwarded.slice(0, 200)) {',
        by: "} else if (first === '') {",
        noticedBy: 'warns of a proxy that is not trusted, once, and counts what comes by way of it',
      },
      {
        name: 'what comes by way of strangers is not counted',
        replace: 'metrics.untrustedForwarding();',
        by: '',
        noticedBy: 'warns of a proxy that is not trusted, once, and counts what comes by way of it',
      },
    ],
  },
  {
    file: 'tracker/sockets/proxy-protocol.ts',
    testFile: 'tracker/sockets/proxy-protocol.test.ts',
    edits: [
      {
        name: 'version 1 of PROXY is read with the address of the other family',
        replace: "source.includes(':') === (family === '6') ?",
        by: "source !== '' ?",
        noticedBy:
          'is wrong where the connection begins with "PROXY TCP4 2001:db8::1 ::1 4711 2911\\r\\n"',
      },
      {
        name: 'version 2 of PROXY is read where it is another version',
        replace: 'command >> 4 !== 2 || ',
        by: '',
        noticedBy: 'is wrong in version 2 where it is one of another version',
      },
      {
        name: 'a proxy that speaks for itself is a viewer',
        replace: '(command & 15) === local || ',
        by: '',
        noticedBy: 'of version 2 reads addresses, and of a proxy that speaks for itself none',
      },
      {
        name: 'a PROXY header may be as long as it likes',
        replace: 'bodyLength > bodyLengthMaxV2',
        by: 'bodyLength < 0',
        noticedBy: 'is wrong in version 2 where it is one that is too long',
      },
    ],
  },
  {
    file: 'tracker/sockets/guard-connections.ts',
    testFile: 'tracker/sockets/guard-connections.test.ts',
    edits: [
      {
        name: 'a PROXY header is believed from anywhere',
        replace:
          'else if (!isTrusted(address, trustedProxies)) this.#endUnproxied(connection, address);',
        by: '',
        noticedBy: 'ends connections without the header, with a wrong one, and from elsewhere',
      },
      {
        name: 'connections of one address have no bound',
        replace: 'this.#counts.of(block) >= connectionsPerAddressMax',
        by: 'this.#counts.of(block) < 0',
        noticedBy: 'are so many of one address at most, and end when they say nothing',
      },
    ],
  },
  {
    file: 'tracker/sockets/http-answers.ts',
    testFile: 'tracker/sockets/guard-connections.test.ts',
    edits: [
      {
        name: 'who was refused stays for as long as it likes',
        replace: 'setTimeout(() => stream.destroy(), deadlineMs)',
        by: 'setTimeout(() => undefined, deadlineMs)',
        noticedBy: 'tell the refused one why before they end',
      },
      {
        name: 'who came without a socket keeps its connection',
        replace: "connection: 'close',\n      ...headers,",
        by: '...headers,',
        noticedBy: 'get one answer without a socket, after which they are closed',
      },
    ],
  },
]);
