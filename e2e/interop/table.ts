/** How responses are verified: with the platform's public key, or with its certificates. */
export const modes = ['public key', 'certificate'] as const;
export type Mode = (typeof modes)[number];

/** The observations of a client. */
export interface Row {
  client: string;
  version: string;
  /** What is unusual about its bytes. */
  oddities: string[];
  results: Partial<Record<Mode, VerifiedBy>>;
}

/**
 * Who verified the response: the client during the call, a validator of the client that its user must call, or only the
 * test.
 */
export type VerifiedBy = 'client' | 'validator' | 'test';

const RESULTS: Readonly<Record<VerifiedBy, string>> = {
  client: 'accepted, verified by itself',
  validator: 'accepted, not verified by its upload; its validator, called by the test, agrees',
  test: 'accepted, verified by the test',
};

/** @returns the text of docs/INTEROP.md */
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

Written by \`e2e/interop/interop.test.ts\` (\`npm test -- e2e/interop -u\` writes it again); a test run fails where it would say anything else.

Each client runs unmodified against the sandbox over real HTTP, pinned in \`e2e/interop/package.json\`, with another base URL and nothing
else changed. What is odd is read from the bytes that it sent, compared with the form on the rules pages. Every image was fetched back
and compared. wechatpay-axios-plugin verifies each response itself. node-easywechat verifies nothing when it uploads: it has a validator
that its user has to call with the response. Both refuse one whose signature was changed on the way, and in certificate mode they begin
with their own download of \`GET /v3/certificates\`; for wechatpay-axios-plugin 0.9.6 the command of 0.8 downloads, since its own looks its
verifying key up in a copy of the list from before the download. *Bytes in the shape of* others were made by hand and signed afresh.
`;
