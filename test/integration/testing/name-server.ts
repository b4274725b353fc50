import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const headerBytes = 12;
const typeA = 1;
const secondsToLive = 1;

/** A DNS server with the addresses of one name: any name that it is asked for. */
export class NameServer {
  addresses: readonly string[] = [];
  readonly #socket: Socket;

  private constructor(
    socket: Socket,
    readonly address: string,
  ) {
    this.#socket = socket;
    socket.on('message', (query, { port, address: from }) => {
      socket.send(this.#answer(query), port, from);
    });
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket, `127.0.0.1:${socket.address().port}`);
  }

  close(): void {
    this.#socket.close();
  }

  /** RFC 1035 §4: the question again, and a record for each address; none but of type A. */
  #answer(query: Buffer): Buffer {
    const nameEnd = query.indexOf(0, headerBytes);
    const question = query.subarray(headerBytes, nameEnd + 5);
    const addresses = query.readUInt16BE(nameEnd + 1) === typeA ? this.addresses : [];
    const header = Buffer.alloc(headerBytes);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const records = addresses.map((address) => {
      // Its name is that of the question, 12 bytes from the beginning.
      const record = Buffer.from([0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, secondsToLive, 0, 4]);
      return Buffer.concat([record, Buffer.from(address.split('.').map(Number))]);
    });
    return Buffer.concat([header, question, ...records]);
  }
}
