/** The relay in one folder, as `coupon-media relay` starts it; upstream is the address in its environment. The token is in its folder. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openTokens } from '@coupon-media/door';
import { startRelay } from '@coupon-media/relay';
import { letHeapGrow, openEmbeddedDatabase, openEmbeddedMerchants, readConfig } from '@coupon-media/server';
import { register } from './register.mjs';

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder, identity, environment }) {
  await register(await openEmbeddedMerchants({ folder }), identity);
  const database = await openEmbeddedDatabase({ folder });
  const tokens = await openTokens(database);
  const { text } = await tokens.create({ name: 'bench', account: 'main', scopes: ['upload'] });
  await database.close();
  writeFileSync(path.join(folder, 'token'), text, { mode: 0o600 });
  const options = { data: folder, host: '127.0.0.1', port: 0, logLevel: 'warn' };
  letHeapGrow();
  const service = await startRelay(
    readConfig({ ...options, accountsFile: writeAccounts(folder, identity, environment?.upstream) }, {}),
  );
  return service.address.port;
}

/**
 * @param {string} folder
 * @param {import('../identity.mjs').Identity} identity
 * @param {string | undefined} upstream
 */
function writeAccounts(folder, identity, upstream) {
  const profile = {
    hosts: [upstream],
    mchid: identity.mchid,
    certificateSerialNo: identity.serialNo,
    privateKey: identity.privateKeyPem,
    wechatPayPublicKeyId: identity.platformKeyId,
    wechatPayPublicKey: identity.platformPublicKeyPem,
  };
  const files = {
    'profile.json': profile,
    'accounts.json': { accounts: { main: { profile: 'profile.json', pace: { perSecond: 10_000 } } } },
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), JSON.stringify(content), { mode: 0o600 });
  return path.join(folder, 'accounts.json');
}
