import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedRequest } from './exchange.js';
import { authorizationOf, TARGET } from './upload.js';

const FOLDER = 'vectors/clients';

/**
 * The recorded bytes of real clients, first as they were sent (unsigned, or with an unknown signature), and then signed
 * and sent to the endpoint, with `Accept` and `User-Agent` added if they were missing. All other bytes are the
 * client's.
 */
export function clientRequests(): RecordedRequest[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.bin'))
    .sort()
    .flatMap((file) => {
      const bytes = readFileSync(`${FOLDER}/${file}`);
      const name = file.slice(0, -'.bin'.length);
      return [
        { label: `client ${name}, as captured`, ...cut(bytes) },
        signed(`client ${name}, signed`, bytes),
      ];
    });
}

/** @param bytes a request with its body */
export function cut(bytes: Buffer): { head: string; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return { head: bytes.subarray(0, end).toString('latin1'), body: bytes.subarray(end) };
}

function signed(label: string, bytes: Buffer): RecordedRequest {
  const { head, body } = cut(bytes);
  const [line = '', ...headers] = head.trimEnd().split('\r\n');
  const sent = headers.find((header) => /^authorization:/i.test(header));
  const fields = sent?.match(/\w+(?==")/g)?.map((field) => (field === 'mchid' ? 'id' : field));
  const meta = metaOf(isChunked(head) ? withoutChunks(body) : body);
  const authorization = `Authorization: ${authorizationOf(label, { url: TARGET, body: meta }, fields)}`;
  const all = headers.map((header) => (header === sent ? authorization : header));
  if (!sent) all.push(authorization);
  if (!/^accept:/im.test(head)) all.push('Accept: application/json');
  if (!/^user-agent:/im.test(head)) all.push('User-Agent: recorded');
  const [method, , version] = line.split(' ');
  return { label, head: `${[`${method} ${TARGET} ${version}`, ...all].join('\r\n')}\r\n\r\n`, body };
}

function isChunked(head: string): boolean {
  return /^transfer-encoding: chunked\r$/im.test(head);
}

function withoutChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const start = bytes.indexOf('\r\n', at) + 2;
    const length = Number.parseInt(bytes.toString('latin1', at, start), 16);
    if (!(length > 0)) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}

/** Returns the bytes between the headers of a part and the next boundary; empty if there is no such part. */
function metaOf(body: Buffer): Buffer {
  const text = body.toString('latin1');
  const [, meta = ''] =
    /^content-disposition:[^\r]*;\s*name="?meta"?(?:[;\s][\s\S]*?)??\r\n\r\n([\s\S]*?)\r\n--/im.exec(text) ??
    [];
  return Buffer.from(meta, 'latin1');
}
