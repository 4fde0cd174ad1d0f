import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What goes wrong with an upload between the page and its server. */
export type Trouble = 'busy' | 'away' | 'cut' | 'answerLost';

/** A server before a sandbox, as a network and a gateway are that fail now and then. */
export interface FaultyFront {
  readonly origin: string;
  /** How often each trouble was made. */
  readonly made: Readonly<Record<Trouble, number>>;
  /** How often an image was given its URL for the first time, by its digest; answers that were lost on the way back included. */
  readonly published: ReadonlyMap<string, number>;
}

const UPLOAD = /^\/v1\/images(?:\?|$)/;
const TROUBLES: readonly Trouble[] = ['busy', 'away', 'cut', 'answerLost'];

/** Lets everything through, but one upload in `every`, with each trouble in turn. It ends with the test. */
export async function startFaultyFront(upstream: string, every: number): Promise<FaultyFront> {
  const made: Record<Trouble, number> = { busy: 0, away: 0, cut: 0, answerLost: 0 };
  const published = new Map<string, number>();
  let uploads = 0;

  function troubleOf({ method, url = '' }: IncomingMessage): Trouble | undefined {
    if (method !== 'POST' || !UPLOAD.test(url)) return undefined;
    uploads += 1;
    return uploads % every === 0 ? TROUBLES[(uploads / every) % TROUBLES.length] : undefined;
  }

  function count(body: Buffer): void {
    const { sha256, reused } = JSON.parse(String(body)) as { sha256?: string; reused?: boolean };
    if (sha256 !== undefined && reused === false) published.set(sha256, (published.get(sha256) ?? 0) + 1);
  }

  const server = createServer((incoming, response) => {
    const trouble = troubleOf(incoming);
    if (trouble) made[trouble] += 1;
    if (trouble === 'cut') return void incoming.socket.destroy();
    if (trouble === 'busy') return refuse(incoming, response, 429);
    if (trouble === 'away') return refuse(incoming, response, 503);
    const { method, url, headers } = incoming;
    const isUpload = method === 'POST' && UPLOAD.test(url ?? '');
    const sent = request(new URL(url ?? '/', upstream), { method, headers }, (answer) => {
      const pieces: Buffer[] = [];
      if (trouble !== 'answerLost') response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.on('data', (piece: Buffer) => {
        if (isUpload) pieces.push(piece);
        if (trouble !== 'answerLost') response.write(piece);
      });
      answer.on('end', () => {
        if (isUpload && answer.statusCode === 200) count(Buffer.concat(pieces));
        if (trouble === 'answerLost') incoming.socket.destroy();
        else response.end();
      });
      answer.on('error', () => incoming.socket.destroy());
    });
    sent.on('error', () => incoming.socket.destroy());
    response.on('close', () => sent.destroy());
    incoming.on('error', () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, made, published };
}

/** As a gateway refuses: without the door's own words, once the body has come. */
function refuse(incoming: IncomingMessage, response: ServerResponse, status: number): void {
  incoming.resume().on('end', () => response.writeHead(status, { 'Retry-After': '1' }).end());
}
