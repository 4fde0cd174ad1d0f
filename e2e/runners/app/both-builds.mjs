/**
 * Each package loaded twice: which error classes of one build do not know the other's instances, or know others'? And have both builds one
 * limiter for a key?
 */
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const found = [];
let classes = 0;
for (const name of ['apiv3', 'client', 'prepare', 'server'].map((room) => `@coupon-media/${room}`)) {
  const [imported, required] = [await import(name), require(name)];
  const errors = Object.keys(imported).filter((key) => imported[key]?.prototype instanceof Error);
  for (const key of errors) {
    classes += 1;
    const ours = Object.create(required[key].prototype);
    for (const other of errors) {
      const related = required[key] === required[other] || required[key].prototype instanceof required[other];
      if (ours instanceof imported[other] !== related) found.push(`${name} ${key} instanceof ${other}`);
    }
    if (imported[key] === required[key]) found.push(`${name} ${key} was loaded once`);
  }
}
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const credentials = {
  mchid: '1900000001',
  certificateSerialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
  privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  wechatPayPublicKeys: [
    { id: 'PUB_KEY_ID_0119000000012025', publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }) },
  ],
};
const clients = [await import('@coupon-media/client'), require('@coupon-media/client')];
const limited = clients.map(({ createClient, OptionError }, at) => {
  try {
    void createClient({ ...credentials, limit: { key: 'one', perSecond: at + 1 } }).close();
    return 'made';
  } catch (error) {
    return error instanceof OptionError ? error.option : error;
  }
});
console.log(`limit of both: ${limited.join(', ')}`);
console.log(`${classes} classes, wrong: ${found.join(', ') || 'none'}`);
