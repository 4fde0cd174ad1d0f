import type { Ending, Mutation, Wire } from '../draft.js';
import type { Random } from '../random.js';

/** What is put wrong with the bytes on the wire. The wire's framing is not set yet: exactly one of these may set it. */
export const framings: readonly Mutation<Wire>[] = [
  ['length', (wire) => frame(wire, `Content-Length: ${wire.body.length}\r\n`)],
  ['chunks', (wire, random) => frame(wire, 'Transfer-Encoding: chunked\r\n', chunks(wire.body, random))],
];

export const wrongFramings: readonly Mutation<Wire>[] = [
  [
    'length wrong',
    (wire, random) => frame(wire, `Content-Length: ${wire.body.length + random.pick([-40, -1, 1, 40])}\r\n`),
  ],
  [
    'length odd',
    (wire, random) =>
      frame(
        wire,
        `Content-Length: ${random.pick(['', '-1', '0x10', '1e3', '1 2', '9'.repeat(30), '8388609'])}\r\n`,
      ),
  ],
  ['no framing', (wire) => frame(wire, '')],
  ['two lengths', (wire) => frame(wire, `Content-Length: ${wire.body.length}\r\nContent-Length: 5\r\n`)],
  [
    'length and chunks',
    (wire, random) =>
      frame(
        wire,
        `Content-Length: ${wire.body.length}\r\nTransfer-Encoding: chunked\r\n`,
        chunks(wire.body, random),
      ),
  ],
  [
    'chunks and length',
    (wire, random) =>
      frame(wire, `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, chunks(wire.body, random)),
  ],
  ['transfer encoding odd', (wire, random) => frame(wire, random.pick(ENCODINGS), chunks(wire.body, random))],
  [
    'chunks odd',
    (wire, random) => frame(wire, 'Transfer-Encoding: chunked\r\n', random.pick(ODD_CHUNKS)(wire.body)),
  ],
  [
    'another request inside',
    (wire, random) => {
      const smuggled = wire.head.replace(/^POST/, random.pick(['POST', 'GET']));
      frame(
        wire,
        `Content-Length: ${wire.body.length}\r\n`,
        Buffer.concat([wire.body, Buffer.from(`${smuggled}\r\n`, 'latin1')]),
      );
    },
  ],
];

/** What is put wrong once the request is whole. */
export const wireMutations: readonly Mutation<Wire>[] = [
  [
    'cut off',
    (wire, random) => {
      wire.body = wire.body.subarray(0, random.below(wire.body.length + 1));
      // To let go of connections is the service's part, and takes it ten seconds: tried now and then.
      wire.ending = random.once(100) ? 'stall' : random.pick<Ending>(['half-close', 'reset']);
    },
  ],
  ['reset at the end', (wire) => Object.assign(wire, { ending: 'reset' })],
  [
    'bytes of the head',
    (wire, random) => {
      wire.head = mangled(Buffer.from(wire.head, 'latin1'), random).toString('latin1');
    },
  ],
  [
    'bytes of the body',
    (wire, random) => {
      wire.body = mangled(wire.body, random);
    },
  ],
  [
    'many writes',
    (wire, random) => {
      wire.writes = Array.from(
        { length: 1 + random.below(30) },
        () => 1 + random.below(random.pick([2, 50, 4000])),
      );
    },
  ],
  [
    'waits to be told',
    (wire) => {
      wire.head = wire.head.replace(/\r\n\r\n$/, '\r\nExpect: 100-continue\r\n\r\n');
      wire.waits = true;
    },
  ],
  [
    'the same again behind it',
    (wire) => {
      wire.body = Buffer.concat([wire.body, Buffer.from(wire.head, 'latin1'), wire.body]);
    },
  ],
];

const ENCODINGS = [
  'Transfer-Encoding: identity\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Transfer-Encoding: chunked, chunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Transfer-Encoding:\x0bchunked\r\n',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
  'TE: trailers\r\nTransfer-Encoding: Chunked\r\n',
];

const ODD_CHUNKS: readonly ((body: Buffer) => Buffer)[] = [
  (body) =>
    Buffer.concat([
      Buffer.from(`${body.length.toString(16)};a=b;"c\r\n`),
      body,
      Buffer.from('\r\n0\r\nAuthorization: x\r\n\r\n'),
    ]),
  (body) => Buffer.concat([Buffer.from(`${body.length.toString(16)}\n`), body, Buffer.from('\n0\n\n')]),
  (body) =>
    Buffer.concat([Buffer.from(`0x${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
  (body) =>
    Buffer.concat([
      Buffer.from(`${'0'.repeat(40)}${body.length.toString(16)}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
  (body) => Buffer.concat([Buffer.from('ffffffffffffffff\r\n'), body]),
  (body) => Buffer.concat([Buffer.from('-1\r\n'), body]),
  (body) =>
    Buffer.concat([Buffer.from(`${(body.length - 1).toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
  (body) => Buffer.concat([Buffer.from(`1;${'x'.repeat(20_000)}\r\n`), body]),
];

function frame(wire: Wire, headers: string, body = wire.body): void {
  wire.head = `${wire.head}${headers}\r\n`;
  wire.body = body;
}

/** @returns the body in chunks, of one byte perhaps */
export function chunks(body: Buffer, random: Random): Buffer {
  const largest = random.pick([1, 17, 4096, 65_536]);
  const pieces: Buffer[] = [];
  // Chunks of one byte for the first kilobyte only: the rest would be more framing than body.
  for (let at = 0; at < body.length; ) {
    const piece = body.subarray(at, at + 1 + (at < 1024 ? random.below(largest) : 65_535));
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

function mangled(bytes: Buffer, random: Random): Buffer {
  let copy = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(copy.length + 1);
    const removed = random.pick([0, 1, 1, 5]);
    const added = random.pick([
      Buffer.alloc(0),
      random.bytes(1),
      Buffer.from('\r\n'),
      Buffer.from('\0'),
      copy.subarray(at, at + 30),
    ]);
    copy = Buffer.concat([copy.subarray(0, at), added, copy.subarray(at + removed)]);
  }
  return copy;
}
