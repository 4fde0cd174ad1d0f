import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { imageFile, sha256, stageServices } from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const LARGE = imageFile(2_000_000);
const TWO_HOSTS = 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n';
const IMAGE = get(`/images/${sha256(LARGE)}.png`);

/** What is written before the connection is left, and whether it is left at once. */
const ROWS: readonly [which: string, bytes: string, atOnce: boolean, times: number, logged: string][] = [
  ['broken', 'no request\r\n\r\n', false, 20, 'input that is not a request was refused'],
  ['unknown', get('/v3/unknown'), false, 20, 'a request without a route was refused'],
  ['unknown', TWO_HOSTS, false, 20, 'a request without a route was refused'],
  // Further connections of the address are read in portions, so that no requests wait in them.
  ['crowded', IMAGE.repeat(100), false, 1, 'too many requests waited on one connection'],
  ['abandoned', IMAGE.repeat(20), true, 20, 'a connection closed before the turn of its waiting requests'],
];

test.each(ROWS)(
  '%s: counted, and logged at most once a second',
  async (which, bytes, atOnce, times, logged) => {
    const counted: string[] = [];
    const { port, log } = await listening(await stageServices(), {
      turnedAway: (what) => void counted.push(what),
    });
    const { head, body } = await uploadBytes(LARGE);
    await writeAndLeave(port, Buffer.concat([head, body]), false);
    for (let round = 0; round < times; round += 1) await writeAndLeave(port, bytes, atOnce);
    await expect.poll(() => counted.length).toBeGreaterThanOrEqual(times);
    expect(new Set(counted)).toEqual(new Set([which]));
    const lines = log.filter((line) => line.includes(logged));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines.length).toBeLessThan(Math.max(times, 2));
    expect(lines[0]).toContain('"remoteAddress":"127.0.0.1"');
  },
);

/** @param atOnce whether it leaves as soon as it has written, or when something comes back */
function writeAndLeave(port: number, text: string | Buffer, atOnce: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    if (!atOnce) socket.on('data', () => socket.end());
    socket.write(text, () => {
      if (atOnce) socket.destroy();
    });
  });
}
