/** A node of the service on shared engines. */
import { openClusterEngines, openClusterMerchants } from '@coupon-media/cluster';
import { isCluster, letHeapGrow, readConfig, startService } from '@coupon-media/server';
import { register } from './register.mjs';

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder, identity, environment = {} }) {
  const options = { host: '127.0.0.1', port: 0, quotaPerSecond: 0, logLevel: 'warn', uploadTempDir: folder };
  const config = readConfig(options, environment);
  if (!isCluster(config)) throw new Error('the environment names no cluster');
  await register(await openClusterMerchants(config), identity);
  letHeapGrow();
  const service = await startService(config, { openEngines: (watch) => openClusterEngines(config, watch) });
  return service.address.port;
}
