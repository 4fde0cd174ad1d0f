import { createSigner, loadCertificate, loadPrivateKey, signRequest } from '@coupon-media/apiv3';
import type { SandboxIdentity } from '../identity/identity.js';
import type { Clock } from '../run/clock.js';
import type { SeededRandom } from '../run/seed.js';
import type { ReceivedRequest } from './received-request.js';

type Headers = readonly (readonly [name: string, value: string])[];

/**
 * Signs a request with the key of a sandbox's merchant: that of the merchant that it names, if it is one of the sandbox, else the first.
 *
 * @returns its headers, with the new Authorization in the place of the old one, or at the end
 */
export async function resigned(
  headers: Headers,
  { method, url, caller, signedBody }: ReceivedRequest,
  { merchant, pairs }: SandboxIdentity,
  { clock, random }: { readonly clock: Pick<Clock, 'now'>; readonly random: Pick<SeededRandom, 'nonce'> },
): Promise<Headers> {
  const id = caller !== undefined && pairs.has(caller) ? caller : merchant.mchid;
  const pair = pairs.get(id);
  if (!pair) throw new Error(`the sandbox has no key of ${id}`);
  const authorization = await signRequest({
    ...{ scheme: 'merchant', id, method, url, body: signedBody },
    signer: createSigner(loadCertificate(pair.certificatePem).serialNo, loadPrivateKey(pair.privateKeyPem)),
    timestamp: Math.floor(clock.now() / 1000),
    nonce: random.nonce(),
  });
  const signed = ['Authorization', authorization] as const;
  const isOld = ([name]: Headers[number]): boolean => name.toLowerCase() === 'authorization';
  const at = headers.findIndex(isOld);
  const others = headers.filter((header) => !isOld(header));
  return at < 0 ? [...others, signed] : [...others.slice(0, at), signed, ...others.slice(at)];
}
