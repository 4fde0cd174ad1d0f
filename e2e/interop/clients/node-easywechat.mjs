/** node-easywechat as its documentation has it. In certificate mode its validator downloads the certificates itself. */
import { createRequire } from 'node:module';
import { readCall, tell } from './call.mjs';

const { Pay } = createRequire(import.meta.url)('node-easywechat');

const { credentials, mode, path, picture, filename } = readCall();
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
await app.getValidator().validate(messageOf(answer));
tell({ status: answer.getStatusCode(), body: answer.toJson(), verifiedItself: true });

/** Its validator takes a message, its client gives a response: the same headers and body under other names. */
function messageOf(response) {
  return {
    hasHeader: (name) => response.hasHeader(name.toLowerCase()),
    getHeader: (name) => response.getHeader(name.toLowerCase()),
    getBody: () => response.toJson(),
  };
}
