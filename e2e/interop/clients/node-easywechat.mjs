/**
 * node-easywechat as its documentation has it. Its upload verifies nothing: it has a validator, which its user must call, as this program
 * does. In certificate mode the validator downloads the certificates itself.
 */
import { createRequire } from 'node:module';
import { readCall, tell } from './call.mjs';

const { Pay } = createRequire(import.meta.url)('node-easywechat');

const UPLOAD_ALONE = 'upload alone';
const { credentials, mode, path, picture, filename, variant } = readCall();
const app = new Pay({
  mch_id: credentials.mchid,
  private_key: credentials.privateKeyPath,
  certificate: credentials.certificatePath,
  secret_key: credentials.apiV3Key,
  platform_certs:
    mode === 'certificate' ? [] : { [credentials.wechatPayPublicKeyId]: credentials.wechatPayPublicKeyPath },
  http: { baseURL: credentials.baseUrl },
});
const answer = await app.getClient().uploadMedia(path, picture, null, filename);
if (variant !== UPLOAD_ALONE) await app.getValidator().validate(messageOf(answer));
tell({ status: answer.getStatusCode(), body: answer.toJson(), verifiedBy: 'validator' });

/** Its validator takes a message, its client gives a response: the same headers and body under other names. */
function messageOf(response) {
  return {
    hasHeader: (name) => response.hasHeader(name.toLowerCase()),
    getHeader: (name) => response.getHeader(name.toLowerCase()),
    getBody: () => response.toJson(),
  };
}
