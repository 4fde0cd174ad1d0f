import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { requireEngines } from '../../tools/engines/index.mjs';
import { PNG, png, send, sha256, signedUpload } from '../support/exchange.js';
import { type TestService, testService } from '../support/service.js';
import { type Answer, ask } from './asking.js';
import { reverseProxies } from './reverse.js';
import { startFront } from './start.js';

vi.setConfig({ testTimeout: 60_000 });

const { needed } = await requireEngines('nginx');
/** Above 64 KiB, so that it is a file. */
const FILED = png(1, 1, Buffer.alloc(100_000, 'pixels'));
const TAG = `"${sha256(FILED)}"`;

/** Requests for an image in a file, and who responds: nginx itself, or the node. */
const ROWS: readonly [
  does: string,
  by: 'nginx' | 'node',
  headers: Record<string, string>,
  method?: string,
][] = [
  ['whole', 'nginx', {}],
  ['the beginning', 'nginx', { Range: 'bytes=0-9' }],
  ['a part', 'node', { Range: 'bytes=1000-50000' }],
  ['from somewhere on', 'nginx', { Range: 'bytes=59999-' }],
  ['from further on', 'node', { Range: 'bytes=99000-' }],
  ['more than there is', 'nginx', { Range: 'bytes=0-999999' }],
  ['the end', 'nginx', { Range: 'bytes=-10' }],
  ['more of the end than there is', 'nginx', { Range: 'bytes=-999999' }],
  ['a part of this image', 'node', { Range: 'bytes=1000-2000', 'If-Range': TAG }],
  ['a part of another image', 'node', { Range: 'bytes=1000-2000', 'If-Range': `"${'0'.repeat(64)}"` }],
  ['a date that is ignored', 'nginx', { 'If-Modified-Since': 'Fri, 27 Nov 2036 10:00:00 GMT' }],
  ['a part by a weak tag', 'node', { Range: 'bytes=1000-2000', 'If-Range': `W/${TAG}` }],
  ['a part by a date', 'node', { Range: 'bytes=1000-2000', 'If-Range': 'Fri, 27 Nov 2036 10:00:00 GMT' }],
  ['beyond the end', 'node', { Range: 'bytes=999999-' }],
  ['nothing of the end', 'node', { Range: 'bytes=-0' }],
  ['two parts', 'node', { Range: 'bytes=0-9,20-29' }],
  ['a part backwards', 'node', { Range: 'bytes=9-0' }],
  ['no bytes', 'node', { Range: 'lines=0-9' }],
  ['what one has', 'node', { 'If-None-Match': TAG }],
  ['what one has among others', 'node', { 'If-None-Match': `W/"x", ${TAG}` }],
  ['any', 'node', { 'If-None-Match': '*' }],
  ['what one does not have', 'node', { 'If-None-Match': '"x"' }],
  ['if it is this one', 'node', { 'If-Match': '"x"' }],
  ['if it is as old', 'node', { 'If-Unmodified-Since': 'Fri, 27 Nov 2020 10:00:00 GMT' }],
  ['its head', 'node', {}, 'HEAD'],
  ['the head of a part', 'node', { Range: 'bytes=0-9' }, 'HEAD'],
];

describe('nginx with images-from-folder.conf', needed, () => {
  test('responds as the service does, header by header', async () => {
    const { service, port } = await start();
    for (const [does, , headers, method = 'GET'] of ROWS) {
      const asked = { method, path: imagePath(FILED), headers };
      const through = await ask(port, asked);
      expect({ does, ...described(through) }).toEqual({
        does,
        ...described(await ask(service.port, asked, { secure: false })),
      });
    }
    const others = [
      imagePath(PNG),
      `/images/${'0'.repeat(64)}.png`,
      imagePath(FILED).replace('.png', '.jpg'),
    ];
    for (const path of [...others, `${imagePath(FILED)}?v=1`]) {
      const asked = { method: 'GET', path, headers: {} };
      expect({ path, ...described(await ask(port, asked)) }).toEqual({
        path,
        ...described(await ask(service.port, asked, { secure: false })),
      });
    }
  });

  test('sends files itself while no node is there, and leaves the rest to it', async () => {
    const { service, port } = await start();
    await service.service.stop();
    for (const [does, by, headers, method = 'GET'] of ROWS) {
      const { status } = await ask(port, { method, path: imagePath(FILED), headers });
      expect({ does, by: status < 500 ? 'nginx' : 'node', status }).toMatchObject({ does, by });
    }
    // It is in the database.
    expect((await ask(port, { method: 'GET', path: imagePath(PNG), headers: {} })).status).toBeGreaterThan(
      500,
    );
  });

  test('lets nothing of the folder out but images by their names', async () => {
    const { port } = await start();
    const digest = sha256(FILED);
    const paths = [
      '/store.db',
      '/images/../store.db',
      `/images/${digest.slice(0, 2)}/${digest}.png`,
      `/images/%2e%2e/store.db`,
      `/%69mages/${digest}.png`,
    ];
    for (const path of paths)
      expect([path, (await ask(port, { method: 'GET', path, headers: {} })).status]).toEqual([path, 404]);
  });
});

/** A service with two images, and nginx in front of it that reads its folder. */
async function start(): Promise<{ service: TestService; port: number }> {
  const service = await testService();
  for (const file of [PNG, FILED])
    expect(await send(service.credentials, await signedUpload(service.credentials, { file }))).toMatchObject({
      status: 200,
    });
  const [nginx] = reverseProxies.filter(({ name }) => name === 'nginx');
  if (!nginx) throw new Error('nginx is not in the table');
  const snippet = readFileSync('deploy/proxies/nginx/images-from-folder.conf', 'utf8');
  const { port } = await startFront(nginx, service.port, {
    changes: [
      [
        '# include /etc/nginx/images-from-folder.conf;',
        snippet.replaceAll('/srv/coupon-media', service.folder),
      ],
    ],
  });
  return { service, port };
}

function imagePath(image: Buffer): string {
  return `/images/${sha256(image)}.png`;
}

/** All that is the same for two requests: the headers of a connection and of a moment are not. The service writes these names small. */
function described({ status, names, values, body }: Answer) {
  const headers = names.map((name, at): [string, string] => [name.toLowerCase(), values[at] ?? '']);
  const kept = headers
    .filter(([name]) => !/^(connection|keep-alive|date|server)$/.test(name))
    .map(([name, value]) => [
      name,
      name === 'request-id' ? String(/^[0-9A-Fa-f]{32}-0$/.test(value)) : value,
    ]);
  return { status, headers: kept.sort(), bytes: sha256(body) };
}
