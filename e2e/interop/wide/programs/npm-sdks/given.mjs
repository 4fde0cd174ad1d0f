/** What an SDK is given, in its environment, and how it tells what it saw: as in the other languages. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const { env } = process;
export const credentials = {
  mchid: env.MCHID,
  serial: env.SERIAL,
  privateKeyPath: env.KEY,
  apiV3Key: env.APIV3_KEY,
  /** The key that verifies: a public key or a platform certificate. */
  platformKeys:
    env.MODE === 'certificate'
      ? { [env.PLATFORM_SERIAL]: env.PLATFORM_CERTIFICATE }
      : { [env.PUBLIC_KEY_ID]: env.PUBLIC_KEY },
};
export const file = readFileSync(env.FILE);
export const filename = path.basename(env.FILE);
const sha256 = createHash('sha256').update(file).digest('hex');
export const meta = { filename, sha256: env.STEP === 'refused' ? '0'.repeat(64) : sha256 };
export const uploadPath = '/v3/marketing/partner/product-coupon/media/upload-image';

/** Calls, and prints the outcome. */
export async function tell(upload) {
  const words = await upload().catch((error) => describe(error));
  console.log(`TOLD ${words.replaceAll('\n', ' ')}`);
  process.exit(0);
}

function describe(error) {
  const { response, code, cause } = error;
  if (response) return `${error.name}: ${response.status} ${codeIn(response.data)}`;
  return `${error.name}: ${code ?? cause?.code ?? error.message}`;
}

function codeIn(data) {
  return typeof data === 'string' ? (/"code":"(\w+)"/.exec(data)?.[1] ?? data.slice(0, 80)) : data?.code;
}
