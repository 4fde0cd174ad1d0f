/** Looks for a private key in whatever was written: the key as a whole, in pieces, and the numbers that it can be made of again. */
import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Something that was written, and its content. */
export type Place = readonly [name: string, content: string | Uint8Array];

/** Where a key was found, and as what. */
export interface Found {
  place: string;
  /** Such as `d as hex`. */
  form: string;
}

/**
 * @param pem a private RSA key
 * @returns each form of the key that is in a place, once; a piece of 24 characters or bytes is enough
 */
export function findKey(pem: string, places: readonly Place[]): Found[] {
  const forms = formsOf(pem);
  return places.flatMap(([place, content]) => {
    const bytes = Buffer.from(content as Uint8Array);
    return forms
      .filter(({ pieces }) => pieces.some((piece) => bytes.includes(piece)))
      .map(({ form }) => ({ place, form }));
  });
}

/** All files below a folder as places. `except` are those that hold the key on purpose. */
export async function filesBelow(folder: string, except: readonly string[] = []): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const kept = files.filter((file) => !except.includes(path.relative(folder, file)));
  return Promise.all(kept.map(async (file) => [file, await readFile(file)] as const));
}

/** How many forms are looked for. */
export function formCount(pem: string): number {
  return formsOf(pem).length;
}

interface Form {
  form: string;
  pieces: Buffer[];
}

function formsOf(pem: string): Form[] {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  const parts = (['d', 'p', 'q', 'dp', 'dq', 'qi'] as const).map(
    (name) => [name, Buffer.from(jwk[name] ?? '', 'base64url')] as const,
  );
  return [
    ...parts.flatMap(([name, bytes]) =>
      WRITTEN.map(([form, write]) => ({
        form: `${name} as ${form}`,
        pieces: write(bytes).flatMap(piecesOf),
      })),
    ),
    ...(['pkcs8', 'pkcs1'] as const).map((type) => ({
      form: `base64 of the PEM (${type})`,
      pieces: base64s(pemBody(pem, type)).flatMap(piecesOf),
    })),
  ];
}

/**
 * The ways in which bytes are written. A whole DER, and the base64 and the PEM of it, hold the numbers as these do: base64 at one of three
 * alignments, and the lines of a PEM are longer than two pieces. So the public half, which all have in common, is not looked for.
 */
const WRITTEN: readonly (readonly [form: string, write: (bytes: Buffer) => (string | Buffer)[]])[] = [
  ['bytes, in DER', (bytes) => [bytes]],
  ['hex', (bytes) => [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]],
  ['hex with colons', (bytes) => spaced(bytes, ':')],
  ['hex with blanks', (bytes) => spaced(bytes, ' ')],
  ['base64, and in PEM', base64s],
  [
    'base64url, as in a JWK',
    (bytes) => base64s(bytes).map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ],
  ['a decimal', (bytes) => [BigInt(`0x${bytes.toString('hex')}`).toString()]],
  ['numbers of bytes', (bytes) => [bytes.join(','), bytes.join(', ')]],
];

function spaced(bytes: Buffer, between: string): string[] {
  const text = bytes.toString('hex').replace(/..(?!$)/g, `$&${between}`);
  return [text, text.toUpperCase()];
}

/** In base64 bytes look different at each of three offsets; the characters at both ends depend on what is beside them. */
function base64s(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(4, -4),
  );
}

/** The lines of a PEM from where the private numbers begin: before them are the version and the public half. */
function pemBody(pem: string, type: 'pkcs8' | 'pkcs1'): Buffer {
  const text = createPrivateKey(pem).export({ format: 'pem', type }).toString();
  return Buffer.from(text.split('\n').slice(8, -2).join('\n'));
}

const PIECE = 24;

function piecesOf(whole: string | Buffer): Buffer[] {
  const bytes = Buffer.from(whole as Buffer);
  const count = Math.floor(bytes.length / PIECE);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * PIECE, (at + 1) * PIECE));
}
