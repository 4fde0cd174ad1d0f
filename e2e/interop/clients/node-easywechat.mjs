/**
 * node-easywechat according to its documentation. Its upload verifies nothing; its user must call a validator, as this
 * program does. In certificate mode the validator downloads the certificates itself.
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

/** The validator expects a message and the client returns a response: the same headers and body under other names. */
function messageOf(response) {
  return {
    hasHeader: (name) => response.hasHeader(name.toLowerCase()),
    getHeader: (name) => response.getHeader(name.toLowerCase()),
    getBody: () => response.toJson(),
  };
}
