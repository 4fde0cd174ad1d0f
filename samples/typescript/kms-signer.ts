// A Signer whose key stays in AWS KMS: what `privateKey` of a client takes. It needs no SDK: one call, `Sign`, of which each request is signed
// with Signature Version 4. For Aliyun KMS, the call is AsymmetricSign: KeyId, KeyVersionId, Algorithm=RSA_PKCS1_SHA_256 and Digest
// in base64, as here; its response has the signature in `Value`.
//
//   import { createClient } from '@coupon-media/client';
//   import { kmsSigner } from './kms-signer.ts';
//
//   const privateKey = kmsSigner({ region: 'ap-east-1', keyId: 'alias/wechat-pay', credentials });
//   const client = createClient({ profile: 'shop.json', privateKey, certificate: 'apiclient_cert.pem' });
//
// With `certificate`, the client verifies each signature before it sends it, so that an alias that points to another key is told at once.
// The key is made in KMS (RSA_2048, SIGN_VERIFY); the certificate is requested from WeChat Pay with a CSR that this key signs.
import { createHash, createHmac } from 'node:crypto';

export interface KmsOptions {
  region: string;
  /** Id, ARN or alias. */
  keyId: string;
  /** Asked for each signature, since those of a role change every few hours. */
  credentials(): Promise<AwsCredentials>;
  /** Default: that of the region. */
  endpoint?: string;
  /** Milliseconds until a call is given up. Default 3,000. */
  deadline?: number;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export function kmsSigner(options: KmsOptions) {
  const { keyId, region, endpoint = `https://kms.${region}.amazonaws.com`, deadline = 3_000 } = options;
  return {
    async sign(message: Uint8Array): Promise<string> {
      // KMS takes at most 4,096 bytes of a message; of a digest it needs only these 32.
      const body = JSON.stringify({
        KeyId: keyId,
        Message: createHash('sha256').update(message).digest('base64'),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      });
      const headers = signatureV4(new URL(endpoint), region, await options.credentials(), body, new Date());
      const signal = AbortSignal.timeout(deadline);
      const response = await fetch(endpoint, { method: 'POST', headers, body, signal });
      const result = (await response.json()) as { Signature?: string; __type?: string };
      // The message of a refusal names the key and the role, which belong in no log: its type says enough.
      if (result.Signature === undefined) throw new Error(`KMS: HTTP ${response.status} ${result.__type}`);
      return result.Signature;
    },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureV4(
  url: URL,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  body: string,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[:-]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/kms/aws4_request`;
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': 'TrentService.Sign',
  };
  const names = Object.keys(headers).join(';'); // in the order of the alphabet, as they stand here
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', url.pathname, '', lines.join(''), names, sha256(body)].join('\n');
  const key = [day, region, 'kms', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
