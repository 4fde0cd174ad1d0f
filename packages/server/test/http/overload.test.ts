import { Agent, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createInFlight } from '../../dist/limits/in-flight.js';
import { imageFile, stageServices } from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

const MIB = 1024 * 1024;

/** As many as contract 5.10 counted. */
const SENDERS = 20;

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

async function send(port: number, agent: Agent, size: number): Promise<Answer> {
  const { head, body } = await uploadBytes(
    Buffer.concat([imageFile(size), Buffer.from(String(Math.random()))]),
  );
  const [line = '', ...lines] = head.toString().trimEnd().split('\r\n');
  const [method, path] = line.split(' ');
  const headers = Object.fromEntries(lines.map((each) => each.split(/: (.*)/s).slice(0, 2)));
  return new Promise((resolve, reject) => {
    const sent = request({ ...{ port, agent, method, path, headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('error', reject);
      const status = response.statusCode ?? 0;
      response.on('end', () => resolve({ status, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A service in which no image becomes durable until the gate opens, and at most two uploads wait for that. */
async function gated() {
  const services = await stageServices();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  const images = {
    ...services.images,
    draft() {
      const draft = services.images.draft();
      const commit: typeof draft.commit = async (...of) => {
        waiting += 1;
        await gate;
        return draft.commit(...of);
      };
      return new Proxy(draft, { get: (of, name) => (name === 'commit' ? commit : Reflect.get(of, name)) });
    },
  };
  const inFlight = createInFlight(256 * MIB, { backlog: { late: 1, most: 1 } });
  let refused = 0;
  const listener = {
    overloaded() {
      refused += 1;
    },
  };
  const http = await listening({ ...services, images, inFlight }, listener);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return {
    ...{ port: http.port, log: http.log, agent, open },
    waiting: () => waiting,
    refused: () => refused,
  };
}

test.each([
  ['10 KiB', 10 * 1024],
  ['2 MiB', 2 * MIB - 100],
])(
  'while too much waits, every sender of %s reads an unsigned 429, and keeps its connection',
  async (_, size) => {
    const { port, agent, log, open, waiting, refused } = await gated();
    const first = [send(port, agent, 1024), send(port, agent, 1024)];
    await expect.poll(waiting).toBe(2);
    const answers = await Promise.all(Array.from({ length: SENDERS }, () => send(port, agent, size)));
    for (const { status, headers, text } of answers) {
      expect(status).toBe(429);
      expect(JSON.parse(text)).toMatchObject({ code: 'RATELIMIT_EXCEEDED' });
      expect(headers).toMatchObject({ 'retry-after': '1', 'content-language': 'zh-CN' });
      expect(headers).not.toHaveProperty('wechatpay-signature');
      expect(headers.connection).not.toBe('close');
    }
    expect(new Set(answers.map(({ headers }) => headers['request-id'])).size).toBe(SENDERS);
    expect(refused()).toBe(SENDERS);
    // Nobody was identified, so that nothing of it is in the log but one line a second.
    expect(log.filter((line) => line.includes('serviceBusy'))).toEqual([]);
    open();
    for (const { status } of await Promise.all(first)) expect(status).toBe(200);
    expect((await send(port, agent, size)).status).toBe(200);
  },
);
