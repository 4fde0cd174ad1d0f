import type { Random } from '../random.js';

/** Bytes that a mutated input has at most. */
const LONGEST = 64 * 1024;

/** @returns another input, made of one that is known to lead somewhere */
export function mutate(corpus: readonly Buffer[], words: readonly string[], random: Random): Buffer {
  let bytes: Buffer = corpus.length > 0 && !random.once(12) ? random.pick(corpus) : Buffer.alloc(0);
  for (let more = random.below(6); more >= 0; more -= 1) {
    const at = random.below(bytes.length + 1);
    bytes = random.pick(CHANGES)({ bytes, at, corpus, words, random }).subarray(0, LONGEST);
  }
  return bytes;
}

interface Place {
  bytes: Buffer;
  at: number;
  corpus: readonly Buffer[];
  words: readonly string[];
  random: Random;
}

type Change = (place: Place) => Buffer;

/** What stands for anything, where a word of the target's is not meant. */
const ANYWHERE = [
  '\0',
  '\xff',
  '\r\n',
  '\n',
  '"',
  '\\',
  '{',
  '}',
  ':',
  ',',
  '\x1b',
  '\u202e',
  '\u2028',
  '\u0085',
  '图',
  '😀',
];

const CHANGES: readonly Change[] = [
  ({ bytes, at, words, random }) => inserted(bytes, at, text(random.pick(words))),
  ({ bytes, at, words, random }) => inserted(bytes, at, text(random.pick(words))),
  ({ bytes, at, words, random }) => replaced(bytes, at, random.below(40), text(random.pick(words))),
  ({ bytes, at, random }) => inserted(bytes, at, Buffer.from(random.pick(ANYWHERE))),
  ({ bytes, at, random }) => inserted(bytes, at, random.bytes(1 + random.below(8))),
  ({ bytes, at, random }) => replaced(bytes, at, 1, random.bytes(1)),
  ({ bytes, at, random }) => replaced(bytes, at, 1 + random.below(60), Buffer.alloc(0)),
  ({ bytes, at }) => bytes.subarray(0, at),
  ({ bytes, at, random }) =>
    inserted(bytes, random.below(bytes.length + 1), bytes.subarray(at, at + random.below(200))),
  ({ bytes, at, corpus, random }) =>
    corpus.length > 0 ? inserted(bytes, at, random.pick(corpus).subarray(random.below(50))) : bytes,
  ({ bytes, at, random }) => {
    const piece = bytes.subarray(at, at + 1 + random.below(30));
    return inserted(
      bytes,
      at,
      Buffer.concat(Array.from({ length: random.pick([3, 40, 3000]) }, () => piece)),
    );
  },
];

/** Words of bytes are written as Latin-1, all others as files have them. */
function text(word: string): Buffer {
  return Buffer.from(word, /^[\0-\xff]*$/.test(word) && /[\x80-\xff]/.test(word) ? 'latin1' : 'utf8');
}

function inserted(bytes: Buffer, at: number, more: Buffer): Buffer {
  return replaced(bytes, at, 0, more);
}

function replaced(bytes: Buffer, at: number, length: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at + length)]);
}
