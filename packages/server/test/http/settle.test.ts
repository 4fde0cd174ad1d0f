import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { imageFile, type StageServices, stageServices } from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

test('a sender that disconnects while its upload is stored can send the same request again (contract 2.9)', async () => {
  const services = await stageServices();
  const gate = gated(services);
  const server = await listening({ ...services, images: gate.images });
  const { head, body } = await uploadBytes(imageFile());
  const request = Buffer.concat([head, body]);

  const first = connect(server.port, '127.0.0.1');
  first.write(request);
  const [connection] = (await once(server.http, 'connection')) as [Socket];
  await gate.reached;
  first.destroy();
  await once(connection, 'end');
  gate.open();
  await expect.poll(() => server.log.join()).toContain('"writtenWhole":false');

  const second = connect(server.port, '127.0.0.1');
  second.write(request);
  const [response] = await once(second, 'data');
  expect(String(response)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  second.destroy();
});

/** A store whose commits wait until they are released. */
function gated({ images }: StageServices) {
  let open = () => {};
  let reach = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const draft: typeof images.draft = () => {
    const real = images.draft();
    return {
      write: (chunk) => real.write(chunk),
      discard: () => real.discard(),
      commit: async (upload, addition) => {
        reach();
        await opened;
        return real.commit(upload, addition);
      },
    };
  };
  return { images: { ...images, draft }, reached, open };
}
