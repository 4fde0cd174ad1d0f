/** From `coupon-media serve` to the first answered upload. */
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { serve } from '../measure/serve.mjs';
import { withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<number[]>} milliseconds of each start
 */
export async function measure(bench) {
  // A folder with a merchant and some uploads: what a service is restarted on.
  return withServer(bench, 'ours', async (server, folder) => {
    const { bytes } = sizeNamed('10 KiB');
    const form = signedUpload(bench.identity);
    await sendAll(server.port, makeRequests(form, bytes, 100), 4);
    await server.stop();
    const times = [];
    for (let start = 0; start < bench.scale.starts; start += 1) {
      const [request = []] = makeRequests(form, bytes, 1);
      const service = await serve(folder, request);
      times.push(service.milliseconds);
      await service.stop();
    }
    return times;
  });
}
