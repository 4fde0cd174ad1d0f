/** The service as `coupon-media serve` starts it, with no quota unless it is given one. */
import { letHeapGrow, openEmbeddedMerchants, readConfig, startService } from '@coupon-media/server';
import { register } from './register.mjs';

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder, identity, other, quota = 0 }) {
  await register(await openEmbeddedMerchants({ folder }), identity);
  if (other) await register(await openEmbeddedMerchants({ folder }), other);
  const options = { data: folder, host: '127.0.0.1', port: 0, quotaPerSecond: quota, logLevel: 'warn' };
  letHeapGrow();
  const service = await startService(readConfig(options, {}));
  return service.address.port;
}
