/** The requests to S3 that tests need before any library: signed by hand (AWS Signature Version 4). */
import { createHash, createHmac } from 'node:crypto';

/** @typedef {{ endpoint: string, region: string, accessKey: string, secretKey: string }} Store */

/**
 * @param {Store} store
 * @param {string} name
 */
export async function createBucket(store, name) {
  await put(store, `/${name}`);
}

/**
 * Lets nobody write to a bucket, its owner included.
 * @param {Store} store
 * @param {string} name
 */
export async function forbidWriting(store, name) {
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:PutObject'],
    Resource: `arn:aws:s3:::${name}/*`,
  };
  await put(store, `/${name}`, 'policy=', JSON.stringify({ Version: '2012-10-17', Statement: [deny] }));
}

/**
 * @param {Store} store
 * @param {string} path
 * @param {string} query as it is signed
 * @param {string} body
 */
async function put({ endpoint, region, accessKey, secretKey }, path, query = '', body = '') {
  const url = new URL(query ? `${path}?${query}` : path, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const digest = sha256(body);
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const headers = `host:${url.host}\nx-amz-content-sha256:${digest}\nx-amz-date:${time}\n`;
  const canonical = ['PUT', url.pathname, query, headers, names, digest].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretKey}`));
  const credential = `Credential=${accessKey}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`;
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { authorization, 'x-amz-content-sha256': digest, 'x-amz-date': time },
    body,
  });
  if (!answer.ok)
    throw new Error(`The bucket at ${url} was not made: ${answer.status} ${await answer.text()}`);
}

/** @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** @param {Buffer} key @param {string} text */
function hmac(key, text) {
  return createHmac('sha256', key).update(text).digest();
}
