/** How answers are verified: by the platform's public key, or by its certificates. */
export const modes = ['public key', 'certificate'] as const;
export type Mode = (typeof modes)[number];

/** What was seen of a client. */
export interface Row {
  client: string;
  version: string;
  /** What is odd about its bytes. */
  oddities: string[];
  /** Who verified the answer, in each mode. */
  results: Partial<Record<Mode, 'client' | 'test'>>;
}

const RESULTS = { client: 'accepted, verified by itself', test: 'accepted, verified by the test' };

/** @returns docs/INTEROP.md */
export function interopTable(rows: Row[]): string {
  const lines = rows.map(({ client, version, oddities, results }) => [
    client,
    version,
    oddities.join('; ') || 'nothing',
    ...modes.map((mode) => (results[mode] ? RESULTS[results[mode]] : 'not run')),
  ]);
  const table = [
    ['client', 'version', 'what is odd about its bytes', ...modes.map((mode) => `${mode} mode`)],
    ['---', '---', '---', ...modes.map(() => '---')],
    ...lines,
  ];
  return `${INTRODUCTION}\n${table.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
}

const INTRODUCTION = `# Clients that work with this service

Written by \`e2e/interop/interop.test.ts\` (\`npm test -- e2e/interop -u\` writes it anew); a test run fails where it would say anything else.

Each client runs unmodified against the sandbox over real HTTP, pinned in \`e2e/interop/package.json\`, with another base URL and nothing
else changed. What is odd is told by the bytes that it sent, compared with the form on the rules pages. Every picture was fetched back
and compared. Those that verify answers themselves refuse one whose signature was changed on the way, and in certificate mode they begin
with their own download of \`GET /v3/certificates\`; for wechatpay-axios-plugin 0.9.6 the command of 0.8 downloads, since its own looks its
verifying key up in a copy of the list from before the download. *Bytes in the shape of* others were made by hand and signed afresh.
`;
