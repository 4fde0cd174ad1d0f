import type { Draft, Mutation, Part } from '../draft.js';
import type { Random } from '../random.js';

/** What is put wrong in the form, after signing: none of it may change what is stored to something not signed. */
export const formMutations: readonly Mutation<Draft>[] = [
  ['parts in another order', ({ parts }) => void parts.reverse()],
  ['part left out', ({ parts }, random) => void parts.splice(random.below(parts.length), 1)],
  [
    'part twice',
    ({ parts }, random) => void parts.splice(random.below(parts.length + 1), 0, { ...random.pick(parts) }),
  ],
  [
    'another meta too',
    ({ parts }, random) => void parts.splice(random.below(parts.length + 1), 0, foreignMeta(parts, random)),
  ],
  [
    'another meta instead',
    ({ parts }, random) => change(parts, 'meta', () => foreignMeta(parts, random).content),
  ],
  ['meta changed a little', ({ parts }, random) => change(parts, 'meta', (text) => nudged(text, random))],
  ['file changed a little', ({ parts }, random) => change(parts, 'file', (bytes) => nudged(bytes, random))],
  [
    'unknown parts',
    ({ parts }, random) => {
      for (let more = random.below(40); more >= 0; more -= 1)
        parts.splice(random.below(parts.length + 1), 0, {
          headers: ['Content-Disposition: form-data; name="x"'],
          content: random.bytes(9),
        });
    },
  ],
  [
    'part headers',
    ({ parts }, random) => {
      const part = random.pick(parts);
      const name = nameOf(part);
      part.headers = random.pick(PART_HEADERS)(name);
    },
  ],
  [
    'boundary within a part',
    ({ parts, boundary }, random) => {
      const part = random.pick(parts);
      const inner = random.pick([
        `\r\n--${boundary}`,
        `\r\n--${boundary}--`,
        `\r\n--${boundary}\r\n`,
        `--${boundary}\r\n`,
        `\r\n--${boundary} x`,
      ]);
      part.content = Buffer.concat([part.content, Buffer.from(inner)]);
    },
  ],
  [
    'boundary odd',
    (draft, random) => {
      draft.boundary = random.pick([
        "'()+_,-./:=?",
        'x'.repeat(70),
        'x'.repeat(71),
        'a b',
        ' ',
        '',
        '--',
        'é',
        '\r',
      ]);
    },
  ],
  [
    'preamble',
    (draft, random) => {
      draft.preamble = random.pick([
        'before\r\n',
        '\r\n',
        '--\r\n',
        '-'.repeat(9000),
        `\r\n--${draft.boundary}x\r\n`,
        '\n',
      ]);
    },
  ],
  [
    'ending',
    (draft, random) => {
      draft.ending = random.pick([
        '',
        '\n',
        ' \t\r\n',
        'x\r\n',
        `\r\n--${draft.boundary}\r\n\r\n`,
        'after'.repeat(2000),
      ]);
    },
  ],
];

/** Meta that nobody signed here: were it believed, its name would show in the store. */
function foreignMeta(parts: readonly Part[], random: Random): Part {
  const file = parts.find((part) => nameOf(part) === 'meta');
  const [, sha256 = ''] = /"sha256":"([^"]*)"/.exec(String(file?.content)) ?? [];
  const content = Buffer.from(JSON.stringify({ filename: `unsigned-${random.hex(12)}.png`, sha256 }));
  return { headers: ['Content-Disposition: form-data; name="meta"'], content };
}

function change(parts: readonly Part[], name: string, changed: (content: Buffer) => Buffer): void {
  for (const part of parts) if (nameOf(part) === name) part.content = changed(part.content);
}

function nudged(content: Buffer, random: Random): Buffer {
  const at = random.below(content.length + 1);
  const cut = random.below(2);
  return Buffer.concat([content.subarray(0, at), random.bytes(random.below(3)), content.subarray(at + cut)]);
}

function nameOf({ headers }: Part): string {
  return /name="(\w+)"/.exec(headers.join())?.[1] ?? '';
}

const PART_HEADERS: readonly ((name: string) => string[])[] = [
  (name) => [`Content-Disposition: form-data;name=${name};`],
  (name) => [`content-disposition:form-data; filename="a;b=\\"c.png"; name="${name}"`],
  (name) => [`Content-Disposition: form-data; name="${name}"; name="other"`],
  (name) => [`Content-Disposition: form-data; name="other"; name="${name}"`],
  (name) => [
    `Content-Disposition: form-data; name="${name}"`,
    'Content-Disposition: form-data; name="other"',
  ],
  (name) => [`Content-Disposition: form-data; name*=utf-8''${name}`],
  (name) => ['Content-Disposition: form-data;', `\tname="${name}"`],
  (name) => [`Content-Disposition: attachment; name="${name}"`],
  (name) => [`Content-Disposition: form-data; name="${name}\0"`],
  (name) => [`Content-Disposition: form-data; name="${name.toUpperCase()}"`],
  (name) => [`Content-Disposition: form-data; name="${name}"; x=${' '.repeat(7000)}"`],
  (name) => [`Content-Disposition: form-data; name="${name}"`, `X: ${'x'.repeat(9000)}`],
  (name) => [`Content-Disposition : form-data; name="${name}"`],
  (name) => [`Content-Disposition: form-data; name="${name}"\n`],
  (name) => [
    'Content-Type: application/octet-stream',
    `Content-Disposition: form-data; name="${name}"`,
    'Content-Length: 3',
  ],
  (name) => [
    'Content-Type: multipart/mixed; boundary=inner',
    `Content-Disposition: form-data; name="${name}"`,
  ],
  () => [],
];
