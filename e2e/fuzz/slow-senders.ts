import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, signedUpload } from '../support/exchange.js';
import { type ServiceProcess, startServiceProcess } from './service.js';

/** Honest uploads, one after another, and the service's memory then. */
export interface Figures {
  when: string;
  /** Milliseconds. */
  median: number;
  /** Milliseconds. */
  slowest: number;
  /** MiB. */
  memory: number;
}

const UPLOADS = 200;
/** Rounds of uploads before anything counts: by then the heap has the size that it keeps. */
const WARM_UP = 10;

/**
 * Measures honest uploads alone, and then beside so many connections that send an upload at a byte a second; whichever is
 * cut off is replaced at once.
 *
 * @returns the figures, and how many were cut off
 */
export async function slowSenders(
  count: number,
  seconds: number,
): Promise<{ figures: Figures[]; cutOff: number }> {
  const service = await startServiceProcess();
  try {
    for (let round = 0; round < WARM_UP; round += 1) await measure(service, 'warming up');
    const figures = [await measure(service, 'alone')];
    const crowd = await createCrowd(service, count);
    figures.push(await measure(service, `beside ${count}`));
    await sleep(seconds * 1000);
    figures.push(await measure(service, `${seconds} s later`));
    return { figures, cutOff: crowd.disperse() };
  } finally {
    await service.stop();
    await service.remove();
  }
}

async function measure({ credentials, memory }: ServiceProcess, when: string): Promise<Figures> {
  const times: number[] = [];
  for (let upload = 0; upload < UPLOADS; upload += 1) {
    const request = await signedUpload(credentials);
    const began = performance.now();
    const { status } = await send(credentials, request);
    if (status !== 200) throw new Error(`an honest upload was answered ${status}`);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { when, median: times[UPLOADS / 2] ?? 0, slowest: times.at(-1) ?? 0, memory: memory() };
}

async function createCrowd(
  { credentials, port }: ServiceProcess,
  count: number,
): Promise<{ disperse(): number }> {
  const { headers, body } = await signedUpload(credentials);
  const lines = Object.entries({ Host: 'x', ...headers, 'Content-Length': String(body.length) });
  const head = `POST ${new URL(credentials.baseUrl).pathname}v3/marketing/partner/product-coupon/media/upload-image HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const sockets = new Map<Socket, number>();
  let cutOff = 0;
  let dispersed = false;

  function join(): void {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.write(head);
    // What it says is taken, or it would never be seen to close.
    socket.on('error', () => {}).resume();
    socket.on('close', () => {
      sockets.delete(socket);
      if (dispersed) return;
      cutOff += 1;
      join();
    });
    sockets.set(socket, 0);
  }

  const timer = setInterval(() => {
    for (const [socket, at] of sockets) {
      socket.write(body.subarray(at, at + 1));
      sockets.set(socket, at + 1);
    }
  }, 1000);
  for (let more = 0; more < count; more += 1) join();
  return {
    disperse() {
      dispersed = true;
      clearInterval(timer);
      for (const socket of sockets.keys()) socket.destroy();
      return cutOff;
    },
  };
}
