import { readFileSync } from 'node:fs';
import { bytesOf, type CapturedProgram, readPrograms } from '../captures/captures.js';
import { missingHeaders, oddities } from './oddities.js';
import { notRun } from './wide/clients.js';
import {
  type ClientResult,
  readResults,
  readSdkResults,
  readTlsResults,
  type SdkResult,
} from './wide/results.js';

/** How responses are verified: with the platform's public key, or with its certificates. */
export const modes = ['public key', 'certificate'] as const;
export type Mode = (typeof modes)[number];

/** The observations of a client that a test run makes. */
export interface Row {
  client: string;
  version: string;
  language: string;
  /** What is unusual about its bytes. */
  oddities: string[];
  results: Partial<Record<Mode, VerifiedBy>>;
}

/**
 * Who verified the response: the client during the call, a validator of the client that its user must call, or only the
 * test.
 */
export type VerifiedBy = 'client' | 'validator' | 'test';

const VERIFIED: Readonly<Record<VerifiedBy, string>> = {
  client: 'verified by itself',
  validator: 'not verified by its upload; its validator, called by the test, agrees',
  test: 'verified by the test',
};

/** A line of the table of clients. */
interface Line {
  client: string;
  version: string;
  language: string;
  odd: string;
  result: string;
  source: string;
}

/** @returns the text of docs/INTEROP.md: what this test run saw, the captures, and what interop:wide saw last */
export function interopDocument(rows: readonly Row[]): string {
  const lines = [
    ...rows.map(seen),
    ...readPrograms().map(captured),
    ...readResults().map(anew),
    ...notRun.map(missed),
  ];
  const sorted = lines.sort((one, other) => order(one).localeCompare(order(other), 'en'));
  const languages = new Set(sorted.map(({ language }) => language));
  const again = sorted.filter(({ source }) => source.startsWith('run anew') || source === EVERY_RUN);
  const counts = `${sorted.length} rows, ${languages.size} languages; ${again.length} were run anew, by every test run or by interop:wide.`;
  const columns = [
    'client',
    'version',
    'language',
    'what is odd about its bytes',
    'result, or what its user must set',
  ];
  const cells = sorted.map(({ client, version, language, odd, result, source }) => [
    ...[client, version, language, odd, result, source],
  ]);
  return [INTRODUCTION, counts, '', table([...columns, 'source'], cells), sdks()].join('\n');
}

const EVERY_RUN = 'every test run, since 2026-11';

function order({ language, client, version }: Line): string {
  return [language, client, version].join('\0').toLowerCase();
}

function seen({ oddities: odd, results, ...row }: Row): Line {
  const words = modes.map((mode) => (results[mode] ? VERIFIED[results[mode]] : 'not run'));
  const [byKey, byCertificate] = words;
  const verified = byKey === byCertificate ? `in both modes ${byKey}` : words.join('; ');
  return { ...row, odd: odd.join('; ') || 'nothing', result: `accepted, ${verified}`, source: EVERY_RUN };
}

function captured(program: CapturedProgram): Line {
  const { client, version, language } = program;
  const { plain, chinese } = bytesOf(program);
  const odd = plain === undefined ? [] : oddities(plain, chinese);
  const result = verdict({ ...program, lacks: plain === undefined ? [] : missingHeaders(plain) });
  return {
    client,
    version,
    language,
    odd: odd.join('; ') || 'nothing',
    result,
    source: 'captured 2026-11-27',
  };
}

function anew({ client, version, language, odd, date, behind, ...result }: ClientResult): Line {
  const same = Object.entries(behind)
    .filter(([, behindIt]) => behindIt === result.plain)
    .map(([proxy]) => proxy);
  const others = Object.entries(behind).filter(([, behindIt]) => behindIt !== result.plain);
  const proxies = [
    ...(same.length > 0 ? [`the same behind ${same.join(' and ')}`] : []),
    ...others.map(([proxy, behindIt]) => `behind ${proxy}: ${behindIt}`),
  ];
  return {
    ...{ client, version, language },
    odd: odd.join('; ') || 'nothing',
    result: [verdict(result), ...proxies].join('; '),
    source: `run anew ${date}`,
  };
}

function missed({ client, language, reason }: (typeof notRun)[number]): Line {
  const nothing = { version: 'none', odd: 'not known' };
  return { client, language, ...nothing, result: `not run: ${reason}`, source: 'interop:wide, 2026-11-28' };
}

interface Verdict {
  plain: string | null;
  chinese: string | null;
  lacks: readonly string[];
  set?: string;
}

function verdict({ plain, chinese, lacks, set }: Verdict): string {
  const headers = lacks.length > 0 ? `with ${lacks.join(' and ')} set` : '';
  if (plain === null) return `sends nothing: ${set}`;
  if (plain !== '200') return `${plain}${set ? `: ${set}` : ''}`;
  const accepted = `accepted ${headers}`.trim();
  if (chinese === '200' || chinese === null) return accepted;
  return `${accepted}; a Chinese name in meta is ${chinese}${set ? `: ${set}` : ''}`;
}

/** What was seen of an SDK; its columns in the order of the table. */
type Sdk = Readonly<Record<(typeof SDK_COLUMNS)[number], string>>;

const SDK_COLUMNS = [
  ...['sdk', 'version', 'language', 'modes', 'upload', 'verifies', 'certificates', 'errors'],
  ...['forged', 'clock', 'failover', 'bytes', 'source'],
] as const;

const SDK_TITLES = [
  ...['SDK', 'version', 'language', 'modes', 'upload', 'verifies', 'certificates', 'errors read'],
  ...['forged response', 'clock 10 minutes ahead, behind', 'main host down', 'bytes worth knowing', 'source'],
];

function sdks(): string {
  const rows = JSON.parse(readFileSync('e2e/interop/sdks.json', 'utf8')) as Sdk[];
  const results = readSdkResults();
  const cells = rows.map((row) => {
    const isAnew = results.some(({ sdk }) => sdk === row.sdk);
    const source = isAnew ? `${row.source}; the table below run anew` : row.source;
    return SDK_COLUMNS.map((column) => (column === 'source' ? source : (row[column] ?? '')));
  });
  const overTls = readTlsResults().map(
    ({ sdk, version, publicKey, certificate, refused, withoutCa, date }) => [
      ...[sdk, version, publicKey, certificate, refused, withoutCa, `run anew ${date}`],
    ],
  );
  const anew = [SDKS_ANEW, table(ANEW_TITLES, sdksAnew(results)), SDKS_TLS, table(TLS_TITLES, overTls)];
  return [SDKS, table(SDK_TITLES, cells), ...anew].join('\n');
}

const ANEW_TITLES = [
  'SDK',
  'version',
  'mode',
  'front',
  'upload',
  'certificates',
  'refusal',
  'forged response',
  'source',
];

const TLS_TITLES = [
  'SDK',
  'version',
  'upload in public-key mode',
  'upload in certificate mode',
  'refusal',
  'if it trusts another CA',
  'source',
];

/** One row for an SDK and mode, and for all fronts behind which it did the same. */
function sdksAnew(results: readonly SdkResult[]): string[][] {
  const fronts = new Map<string, string[]>();
  for (const { front, ...row } of results) {
    const same = JSON.stringify(row);
    fronts.set(same, [...(fronts.get(same) ?? []), front]);
  }
  return [...fronts].map(([same, behind]) => {
    const { sdk, version, mode, upload, certificates, refused, forged, date } = JSON.parse(same) as SdkResult;
    return [sdk, version, mode, behind.join(', '), upload, certificates, refused, forged, `run anew ${date}`];
  });
}

/** @throws Error for an empty cell */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.flat().some((cell) => cell.trim() === '')) throw new Error('a cell of docs/INTEROP.md is empty');
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  return [titles, titles.map(() => '---'), ...escaped].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const INTRODUCTION = `# Clients that work with this service

Written by \`e2e/interop/interop.test.ts\` (\`npm test -- e2e/interop -u\` writes it again); a test run fails where it would say anything else.

| source | how |
|---|---|
| every test run | the client runs unmodified against the sandbox over real HTTP, pinned in \`e2e/interop/package.json\`, with another base URL and nothing else changed, in both key modes; its image is fetched back and compared |
| captured 2026-11-27 | the bytes are in [vectors/clients](../vectors/clients/README.md); every test run signs them afresh, sends them whole and in pieces, and compares the result |
| run anew | \`npm run interop:wide\` installed this version, ran it unmodified, directly and behind the HAProxy and nginx files that we ship, and wrote \`e2e/interop/wide/results.json\` |

A result is that of a correct signature. *With Accept set* and the like: the client does not send this header by itself, and without it the answer is
\`400 INVALID_REQUEST\` (contract 1.2): 43 of the 83 captured programs. What is odd is read from the bytes, compared with the form on the rules pages.
wechatpay-axios-plugin verifies each response itself. node-easywechat verifies nothing when it uploads: it has a validator
that its user has to call with the response. Both refuse one whose signature was changed on the way, and in certificate mode they begin
with their own download of \`GET /v3/certificates\`; for wechatpay-axios-plugin 0.9.6 the command of 0.8 downloads, since its own looks its
verifying key up in a copy of the list from before the download. *Bytes in the shape of* others were made by hand and signed afresh.
What an engineer sets for each odd client is in [the guide](guide-engineer.md#my-client-is-).
`;

const SDKS = `
## SDKs of WeChat Pay

Run unmodified behind an edge that speaks TLS for the protocol's hosts. *Serial sent*: it sends \`Wechatpay-Serial\`, so that the response is signed by the key that
it knows; one that does not needs a merchant whose default key is of its mode. *Forged*: a response whose signature was changed on the way.
`;

const SDKS_ANEW = `
The official ones, and others that a registry has, installed by exact version and run by \`npm run interop:wide\`:
`;

const SDKS_TLS = `
With their hosts compiled in, over \`coupon-media sandbox --tls\` ([docs/sandbox.md](sandbox.md#hosts-that-are-compiled-in)), each given a proxy and a CA from outside: \`npm run sandbox:wide\`. A CA that
is not the sandbox's shows that the SDK verifies the certificate:
`;
