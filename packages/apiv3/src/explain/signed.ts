import type { RecoveredSignature } from '../signature.js';
import type { TextValues } from '../text.js';
import type { Facts } from './evidence.js';
import { type Finding, finding, type Mistake } from './findings.js';
import { type Assembly, assemblies, type LineName, lineNames, type Option, optionsOf } from './variations.js';

/** Tries every mistake, alone and in pairs, until the resulting string is the one that was signed. */
export function searchSigned(recovered: RecoveredSignature, facts: Facts): Finding[] {
  const found = findSigned(recovered, facts);
  return found
    ? [...algorithmFindings(recovered), ...named(found.lines, found.assembly, facts)]
    : leftOver(recovered, facts);
}

/** @returns the lines that were signed and how they were joined; undefined if no mistake of the table gives them */
export function findSigned(recovered: RecoveredSignature, facts: Facts): (Attempt & Joined) | undefined {
  const axes = lineNames.map((name) => optionsOf(name, facts));
  for (const { lines, assembly } of attempts(axes)) {
    const message = Buffer.from(assembly.join(lines.map((line) => line.text)), 'latin1');
    if (recovered.covers(message)) return { lines, assembly, message };
  }
  return undefined;
}

/** Compares a string from a log, line by line, with the string that should have been signed. */
export function compareSigned(
  signed: Buffer,
  facts: Facts,
  recovered: RecoveredSignature | undefined,
): Finding[] {
  const text = signed.toString('latin1');
  const separator = /\r\n|\n|\\n/.exec(text)?.[0] ?? '\n';
  const [method = '', url = '', timestamp = '', nonce = '', ...rest] = text.split(separator);
  // If each of the five lines ends in a line feed, the split leaves a sixth, empty piece.
  const ended = rest.length > 1 && rest.at(-1) === '';
  if (ended) rest.pop();
  const lines = { method, url, timestamp, nonce, body: rest.join(separator) };
  const { lines: right } = facts;
  const swapped = timestamp === right.nonce && nonce === right.timestamp;
  const compared = swapped ? lineNames.filter((name) => name !== 'timestamp' && name !== 'nonce') : lineNames;
  const findings = [
    ...compared.flatMap((name) => lineFinding(name, lines[name], facts)),
    ...(swapped ? [finding('lineOrderWrong', true)] : []),
    ...(separator === '\n' ? [] : [finding('lineFeedsWrong', true)]),
    ...(ended ? [] : [finding('lastLineFeedMissing', true)]),
  ];
  if (!recovered) return findings;
  const complete = lineNames.every((name) => right[name] !== undefined);
  const all = [...algorithmFindings(recovered), ...findings];
  return all.length === 0 && complete ? [finding('signatureRight', true)] : all;
}

interface Attempt {
  lines: readonly Option[];
  assembly: Assembly;
}

interface Joined {
  message: Buffer;
}

function* attempts(axes: readonly Option[][]): Generator<Attempt> {
  for (const mistakes of [0, 1, 2]) {
    for (const assembly of assemblies) {
      for (const lines of choices(axes, mistakes - cost(assembly))) yield { lines, assembly };
    }
  }
}

/** @returns every choice of one option per axis with this number of mistakes in total */
function* choices(axes: readonly Option[][], mistakes: number, chosen: Option[] = []): Generator<Option[]> {
  const axis = axes[chosen.length];
  if (axis === undefined) {
    if (mistakes === 0) yield chosen;
    return;
  }
  for (const option of axis) {
    if (cost(option) <= mistakes) yield* choices(axes, mistakes - cost(option), [...chosen, option]);
  }
}

function cost({ mistake }: Option | Assembly): number {
  return mistake === undefined ? 0 : 1;
}

function named(lines: readonly Option[], assembly: Assembly, facts: Facts): Finding[] {
  const findings = lines.flatMap(({ mistake, line, text }) =>
    mistake ? [finding(mistake, true, shownValues(line, text, facts))] : [],
  );
  if (assembly.mistake) findings.push(finding(assembly.mistake, true));
  return findings.length > 0 ? findings : [finding('signatureRight', true)];
}

function lineFinding(name: LineName, signed: string, facts: Facts): Finding[] {
  const right = facts.lines[name];
  if (signed === right) return [];
  const known = optionsOf(name, facts).find(({ text }) => text === signed);
  // The length of a body may be known even if the body is not at hand.
  if (right === undefined && !known && (name !== 'body' || signed.length === facts.verifiedBodyLength))
    return [];
  const mistake = known?.mistake ?? OTHERWISE[name](signed, right ?? '');
  return [finding(mistake, true, shownValues(name, signed, facts))];
}

/** The mistake that is reported for a line that no row of the table explains. */
const OTHERWISE: Readonly<Record<LineName, (signed: string, right: string) => Mistake>> = {
  method: () => 'methodDiffers',
  url: (signed, right) => (!signed.startsWith('/') && signed.endsWith(right) ? 'hostInUrl' : 'urlDiffers'),
  timestamp: () => 'timestampDiffers',
  nonce: () => 'nonceDiffers',
  body: (signed) => (signed.startsWith('--') ? 'wholeBodySigned' : 'bodyDiffers'),
};

/** The findings that remain if no mistake in the table gives the signed string. */
function leftOver(recovered: RecoveredSignature, { lines }: Facts): Finding[] {
  // One wrong key in 256 looks like the key of a PSS signature.
  if (recovered.algorithm === 'pss') return [finding('keyWrong', true)];
  const algorithm = algorithmFindings(recovered);
  const complete = lineNames.every((name) => lines[name] !== undefined);
  if (!complete || algorithm.length > 0) return algorithm;
  return [
    ...(QUESTION_MARKS.test(lines.body ?? '') ? [finding('questionMarks', false)] : []),
    finding('nonceDiffers', false, { expected: shown(lines.nonce) }),
    ...(lines.body ? [finding('bodyDiffers', false)] : []),
  ];
}

/** A filename with question marks, which no file system of Windows has and no user types. */
const QUESTION_MARKS = /"filename"\s*:\s*"[^"]*\?/;

function algorithmFindings({ algorithm }: RecoveredSignature): Finding[] {
  return algorithm === 'sha256'
    ? []
    : [finding('algorithmWrong', true, { algorithm: ALGORITHM_NAMES[algorithm] })];
}

const ALGORITHM_NAMES: Readonly<Record<RecoveredSignature['algorithm'], string>> = {
  sha256: 'SHA-256',
  sha1: 'SHA-1',
  md5: 'MD5',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  pss: 'RSASSA-PSS',
};

function shownValues(name: LineName, signed: string, { lines }: Facts): TextValues {
  return { signed: shown(signed), expected: shown(lines[name]) };
}

function shown(line = ''): string {
  const text = Buffer.from(line.slice(0, 4 * SHOWN_CHARACTERS), 'latin1').toString('utf8');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

const SHOWN_CHARACTERS = 200;
