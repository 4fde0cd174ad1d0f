/** The requests to S3 that tests need before any library: signed by hand (AWS Signature Version 4). */
import { createHash, createHmac } from 'node:crypto';

/** @typedef {{ endpoint: string, region: string, accessKey: string, secretKey: string }} Store */

/**
 * @param {Store} store
 * @param {string} name
 */
export async function createBucket(store, name) {
  await send(store, 'PUT', `/${name}`);
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
  await send(
    store,
    'PUT',
    `/${name}`,
    'policy=',
    JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
  );
}

/**
 * Reads all that a bucket holds, as far as one list has it.
 * @param {Store} store
 * @param {string} name
 * @returns {Promise<[name: string, content: Buffer][]>}
 */
export async function readBucket(store, name) {
  const list = String(await send(store, 'GET', `/${name}`, 'list-type=2'));
  const names = [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, object = '']) => object);
  return Promise.all(names.map(async (object) => [object, await send(store, 'GET', `/${name}/${object}`)]));
}

/**
 * @param {Store} store
 * @param {string} method
 * @param {string} path
 * @param {string} query as it is signed
 * @param {string} body
 */
async function send({ endpoint, region, accessKey, secretKey }, method, path, query = '', body = '') {
  const url = new URL(query ? `${path}?${query}` : path, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const digest = sha256(body);
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const headers = `host:${url.host}\nx-amz-content-sha256:${digest}\nx-amz-date:${time}\n`;
  const canonical = [method, url.pathname, query, headers, names, digest].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretKey}`));
  const credential = `Credential=${accessKey}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`;
  const answer = await fetch(url, {
    method,
    headers: { authorization, 'x-amz-content-sha256': digest, 'x-amz-date': time },
    ...(method !== 'GET' && { body }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** @param {Buffer} key @param {string} text */
function hmac(key, text) {
  return createHmac('sha256', key).update(text).digest();
}
