import { execFile } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { request } from 'undici';

/** A request with a large body, which each client sends in its own way. */
export interface LargeRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The path of a file with the same bytes as `body`, for clients that read files. */
  bodyFile: string;
  chunked: boolean;
}

/**
 * Sends a request several times.
 *
 * @returns the statuses of the responses, or the client's message if none arrived
 */
export type Sender = (large: LargeRequest, times: number) => Promise<(number | string)[]>;

const run = promisify(execFile);

/** What a sender needs on this machine. */
export const needs: Readonly<Record<string, string>> = {
  curl: 'curl',
  'curl, Expect': 'curl',
  Python: 'python3',
};

/**
 * Clients as their users write them. None takes special measures to read a response that arrives before it has sent
 * everything.
 */
export const senders: Readonly<Record<string, Sender>> = {
  undici: repeatedly(async ({ url, method, headers, body, chunked }) => {
    const options = { method: method as 'POST', headers, body: chunked ? Readable.from(pieces(body)) : body };
    const answer = await request(url, options);
    await answer.body.dump();
    return answer.statusCode;
  }),
  fetch: repeatedly(async ({ url, method, headers, body, chunked }) => {
    const stream = chunked ? { body: Readable.toWeb(Readable.from(pieces(body))), duplex: 'half' } : { body };
    const answer = await fetch(url, { method, headers, ...stream } as RequestInit);
    await answer.arrayBuffer();
    return answer.status;
  }),
  'node:http': repeatedly(
    ({ url, method, headers, body, chunked }) =>
      new Promise((resolve, reject) => {
        const length = chunked ? {} : { 'Content-Length': body.length };
        const sending = httpRequest(url, { method, headers: { ...headers, ...length } }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
        });
        sending.once('error', reject);
        Readable.from(pieces(body)).pipe(sending);
      }),
  ),
  curl: curl(['-H', 'Expect:']),
  // curl does this by default with a body of more than 1 MiB.
  'curl, Expect': curl(['-H', 'Expect: 100-continue']),
  // One process sends all of them, because starting it takes longer than sending.
  Python: async ({ url, method, headers, bodyFile, chunked }, times) => {
    const script = path.join(import.meta.dirname, 'send.py');
    const options = [url, method, JSON.stringify(headers), bodyFile, String(chunked), String(times)];
    const { stdout } = await run('python3', [script, ...options]);
    return JSON.parse(stdout);
  },
};

const AT_ONCE = 5;

/** Sends several at a time with a function that sends one request and rejects if no response arrived. */
function repeatedly(once: (large: LargeRequest) => Promise<number>): Sender {
  return async (large, times) => {
    const statuses: (number | string)[] = [];
    while (statuses.length < times) {
      const sending = Array.from({ length: Math.min(AT_ONCE, times - statuses.length) }, () =>
        once(large).catch((error) => String(error.cause ?? error)),
      );
      statuses.push(...(await Promise.all(sending)));
    }
    return statuses;
  };
}

function curl(options: string[]): Sender {
  return repeatedly(async ({ url, method, headers, bodyFile, chunked }) => {
    const fields = Object.entries({ ...headers, ...(chunked && { 'Transfer-Encoding': 'chunked' }) });
    const flags = fields.flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const output = ['--output', '/dev/null', '--write-out', '%{http_code}'];
    const { stdout } = await run('curl', [
      ...['--silent', '--show-error', '--noproxy', '*', '-X', method, '--data-binary', `@${bodyFile}`],
      ...[...options, ...flags, ...output, url],
    ]);
    return Number(stdout);
  });
}

function* pieces(body: Buffer): Generator<Buffer> {
  const size = 64 * 1024;
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}
