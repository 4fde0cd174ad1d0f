import { createHash } from 'node:crypto';
import type { Content, Mutation } from '../draft.js';
import { imageMutations } from './image.js';

/** What is put wrong before it is signed: the signature holds, and what it covers is odd. */
export const contentMutations: readonly Mutation<Content>[] = [
  [
    'filename',
    (content, random) => {
      content.filename = random.pick(FILENAMES)(`n${random.hex(8)}`);
    },
  ],
  [
    'sha256',
    (content, random) => {
      content.sha256 = random.pick(DIGESTS)(createHash('sha256').update(content.image).digest('hex'));
    },
  ],
  [
    'meta text',
    (content, random) => {
      content.writeMeta = random.pick(METAS);
    },
  ],
  ...imageMutations,
];

const FILENAMES: readonly ((name: string) => unknown)[] = [
  (name) => `../../../etc/${name}.png`,
  (name) => `C:\\${name}\\con.png`,
  (name) => `${name}\0.png`,
  (name) => `${name}\r\nSet-Cookie: a=b\r\n.png`,
  (name) => `${name}\u202egnp.exe.png`,
  (name) => `${name}${'\u{1f600}'.repeat(141 - name.length)}.png`,
  (name) => `${name}${'图'.repeat(200)}.png`,
  (name) => `${name}"; filename="x.html.png`,
  (name) => `<script>${name}</script>.jpg`,
  (name) => `${name}.PnG`,
  (name) => `${name}.svg`,
  (name) => `${name}\ud800.png`,
  () => '',
  () => '.png',
  () => null,
  () => 7,
  (name) => [`${name}.png`],
];

const DIGESTS: readonly ((sha256: string) => unknown)[] = [
  (sha256) => sha256.toUpperCase(),
  (sha256) => sha256.slice(1),
  (sha256) => `${sha256} `,
  () => '0'.repeat(64),
  () => `../${'a'.repeat(61)}`,
  () => undefined,
  () => 1e300,
  (sha256) => ({ hex: sha256 }),
];

const METAS: readonly Content['writeMeta'][] = [
  (filename, sha256) =>
    `\n{ "filename" :${JSON.stringify(filename)},\t"sha256": ${JSON.stringify(sha256)}  }\r\n`,
  (filename, sha256) => JSON.stringify({ more: { sha256: 1 }, sha256, filename }),
  (filename, sha256) =>
    `{"filename":"first.png","sha256":"0","filename":${JSON.stringify(filename)},"sha256":${JSON.stringify(sha256)}}`,
  (filename, sha256) =>
    `{"__proto__":{"filename":"a.png"},"filename":${JSON.stringify(filename)},"sha256":${JSON.stringify(sha256)}}`,
  (filename, sha256) => `\ufeff${JSON.stringify({ filename, sha256 })}`,
  (filename, sha256) => `${JSON.stringify({ filename, sha256 })}\0`,
  (filename, sha256) => JSON.stringify({ filename, sha256, padding: 'x'.repeat(15_000) }),
  (filename, sha256) => JSON.stringify({ filename, sha256, padding: 'x'.repeat(17_000) }),
  (filename, sha256) =>
    JSON.stringify({ filename, sha256 }).replace(/[a-z]/g, (c) => (c === 'f' ? '\\u0066' : c)),
  (filename, sha256) => JSON.stringify([{ filename, sha256 }]),
  (filename, sha256) =>
    Buffer.from(JSON.stringify({ filename: `${filename}`.replace('n', '\u00ff'), sha256 }), 'latin1'),
  (filename, sha256) =>
    `{"a":${'['.repeat(5000)}${']'.repeat(5000)},${JSON.stringify({ filename, sha256 }).slice(1)}`,
  () => '{}',
  () => '',
  () => 'null',
  () => '--fuzz--',
];
