import { expect, test } from 'vitest';
import { CALL_STAGES, UPLOAD_STAGES } from '../../packages/console/page/inspector/stage-names.js';
import { wholePng } from '../support/exchange.js';
import { sandboxOfTest } from '../support/sandbox.js';

test('the stages that the inspector names are those that the service passes, in its order', async () => {
  const sandbox = await sandboxOfTest();
  const client = await sandbox.client();
  const lastStages = () => [...new Set(sandbox.requests.at(-1)?.stages.map(({ stage }) => stage))];
  await client.uploadImage(wholePng(1), { filename: 'a.png' });
  await expect.poll(lastStages).toEqual([...UPLOAD_STAGES]);
  sandbox.responses.add({ request: { method: 'GET', urlPath: '/v3/a' }, response: { jsonBody: 1 } });
  await client.request('GET', '/v3/a');
  await expect.poll(lastStages).toEqual([...CALL_STAGES]);
});
