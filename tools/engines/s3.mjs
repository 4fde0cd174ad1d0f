/** The one request to S3 that tests need before any library: signed by hand (AWS Signature Version 4). */
import { createHash, createHmac } from 'node:crypto';

/**
 * @param {{ endpoint: string, region: string, accessKey: string, secretKey: string }} store
 * @param {string} name
 */
export async function createBucket({ endpoint, region, accessKey, secretKey }, name) {
  const url = new URL(`/${name}`, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const empty = sha256('');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const headers = `host:${url.host}\nx-amz-content-sha256:${empty}\nx-amz-date:${time}\n`;
  const canonical = ['PUT', url.pathname, '', headers, names, empty].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretKey}`));
  const credential = `Credential=${accessKey}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`;
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { authorization, 'x-amz-content-sha256': empty, 'x-amz-date': time },
  });
  if (!answer.ok) throw new Error(`The bucket ${name} was not made: ${answer.status} ${await answer.text()}`);
}

/** @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** @param {Buffer} key @param {string} text */
function hmac(key, text) {
  return createHmac('sha256', key).update(text).digest();
}
