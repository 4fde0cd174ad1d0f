import { type AddressInfo, createServer } from 'node:net';
import { createClient, type HostEvent } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { createHosts } from '../dist/hosts.js';
import { png } from './images.js';
import { optionsFor, refusal, startService } from './service.js';

const MAIN = 'https://main.example';
const BACKUP = 'https://backup.example';

/** Hosts with a manual clock. */
function hostsAt(origins: string[], afterFailures = 2) {
  const clock = { now: 0 };
  const changes: string[] = [];
  const hosts = createHosts(origins, {
    afterFailures,
    restMilliseconds: 1_000,
    now: () => clock.now,
    onChange: (host, state) => changes.push(`${state} ${host}`),
  });
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) hosts.lease().failed();
  };
  return { clock, changes, hosts, fail };
}

describe('the choice of a host', () => {
  test('is the main one as long as it is well', () => {
    const { hosts } = hostsAt([MAIN, BACKUP]);
    hosts.lease().failed();
    const lease = hosts.lease();
    expect(lease.host).toBe(MAIN);
    lease.succeeded();
    hosts.lease().failed();
    expect(hosts.lease().host).toBe(MAIN);
  });

  test('avoids the one a call just failed on, where there is another', () => {
    expect(hostsAt([MAIN, BACKUP]).hosts.lease(MAIN).host).toBe(BACKUP);
    expect(hostsAt([MAIN]).hosts.lease(MAIN).host).toBe(MAIN);
  });

  test('is the backup after failures in a row, until the main one has rested', () => {
    const { hosts, clock, changes, fail } = hostsAt([MAIN, BACKUP]);
    fail(2);
    expect(hosts.lease().host).toBe(BACKUP);
    clock.now = 999;
    expect(hosts.lease().host).toBe(BACKUP);
    clock.now = 1_000;
    const probe = hosts.lease();
    expect(probe.host).toBe(MAIN);
    probe.succeeded();
    expect(hosts.lease().host).toBe(MAIN);
    expect(changes).toEqual([`open ${MAIN}`, `closed ${MAIN}`]);
  });

  test('tries a rested host with one call at a time', () => {
    const { hosts, clock, fail } = hostsAt([MAIN, BACKUP]);
    fail(2);
    clock.now = 1_000;
    const probe = hosts.lease();
    expect([probe.host, hosts.lease().host]).toEqual([MAIN, BACKUP]);
    probe.released();
    const again = hosts.lease();
    expect(again.host).toBe(MAIN);
    again.failed();
    clock.now = 1_999;
    expect(hosts.lease().host).toBe(BACKUP);
    clock.now = 2_000;
    expect(hosts.lease().host).toBe(MAIN);
  });

  test('is the one that rested longest where none is well: it never refuses', () => {
    const { hosts, clock, fail } = hostsAt([MAIN, BACKUP]);
    fail(2);
    clock.now = 500;
    fail(2);
    clock.now = 600;
    const forced = hosts.lease();
    expect(forced.host).toBe(MAIN);
    forced.failed();
    expect(hosts.lease().host).toBe(BACKUP);
  });
});

/** An origin that refuses connections. */
async function deadOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** A client with two hosts and a manual clock, and the host of each attempt. */
function failingOver(hosts: string[]) {
  const attempts: string[] = [];
  const changes: HostEvent[] = [];
  // Signatures use real time; pauses are skipped by moving the clock.
  const clock = { ahead: 0 };
  const client = createClient({
    ...optionsFor({ baseUrl: '' }),
    baseUrl: undefined,
    hosts,
    failover: { afterFailures: 2, restMilliseconds: 60_000 },
    deadlines: { response: 150 },
    effects: { now: () => Date.now() + clock.ahead, sleep: async () => {} },
    hooks: {
      onAttempt: ({ host }) => attempts.push(host === hosts[0] ? 'main' : 'backup'),
      onHostChange: (change) => changes.push(change),
    },
  });
  const upload = async () => {
    attempts.length = 0;
    await client.uploadImage(png());
    return attempts.join(' ');
  };
  return { upload, clock, changes };
}

test('the main host dead: each upload arrives, soon without trying it', async () => {
  const backup = await startService();
  const main = await deadOrigin();
  const { upload, changes } = failingOver([main, backup.baseUrl]);
  expect(await upload()).toBe('main backup');
  expect(await upload()).toBe('main backup');
  expect(await upload()).toBe('backup');
  expect(changes).toEqual([{ host: main, state: 'open' }]);
  expect(backup.received.every(({ signed }) => signed)).toBe(true);
});

test('the main host slow, then failing, then back', async () => {
  const main = await startService('hang', refusal(503, 'X'), refusal(500, 'X'), {});
  const backup = await startService();
  const { upload, clock, changes } = failingOver([main.baseUrl, backup.baseUrl]);
  expect(await upload()).toBe('main backup');
  expect(await upload()).toBe('main backup');
  expect(await upload()).toBe('backup');
  clock.ahead = 60_000;
  expect(await upload()).toBe('main backup');
  expect(await upload()).toBe('backup');
  clock.ahead = 120_000;
  expect(await upload()).toBe('main');
  expect(await upload()).toBe('main');
  expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
});

test('a refusal says nothing against a host', async () => {
  const main = await startService(
    refusal(400, 'PARAM_ERROR'),
    refusal(403, 'NO_AUTH'),
    refusal(429, 'X'),
    {},
  );
  const backup = await startService();
  const { upload, changes } = failingOver([main.baseUrl, backup.baseUrl]);
  await expect(upload()).rejects.toMatchObject({ code: 'PARAM_ERROR' });
  await expect(upload()).rejects.toMatchObject({ code: 'NO_AUTH' });
  expect(await upload()).toBe('main main');
  expect(changes).toEqual([]);
});
