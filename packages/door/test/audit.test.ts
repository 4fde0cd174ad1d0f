import { expect, test } from 'vitest';
import type { ReadAudit } from '../dist/index.js';
import { opened } from './opened.js';

test('GET /v1/audit gives a token of scope admin the entries of its account, as NDJSON', async () => {
  const asked: Parameters<ReadAudit>[0][] = [];
  const { url, token } = await opened({
    async *audit(query) {
      asked.push(query);
      yield '{"id":"1-1"}\n';
      yield '{"id":"2-1"}\n';
    },
  });
  const get = async (scopes: readonly ('upload' | 'read' | 'admin')[], query = '') =>
    fetch(`${url}/v1/audit${query}`, { headers: { Authorization: `Bearer ${await token({ scopes })}` } });
  const answer = await get(['admin'], '?since=1970-01-01T00:00:01Z&caller=1900000109');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  expect(await answer.text()).toBe('{"id":"1-1"}\n{"id":"2-1"}\n');
  expect(asked).toEqual([{ account: 'shop', since: 1000, caller: '1900000109' }]);

  const refused = await get(['upload', 'read']);
  expect(await refused.json()).toMatchObject({ status: 403, code: 'scope-missing' });
  const other = await get(['admin'], '?account=rival');
  expect(await other.json()).toMatchObject({ status: 400, code: 'parameter-invalid' });
});

test('a service without an audit says so', async () => {
  const { url, token } = await opened();
  const headers = { Authorization: `Bearer ${await token({ scopes: ['admin'] })}` };
  const answer = await fetch(`${url}/v1/audit`, { headers });
  expect(await answer.json()).toMatchObject({ status: 404, code: 'not-found' });
});
