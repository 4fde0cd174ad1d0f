import { encryptResource, type SchemeName, type Signer, signResponse } from '@coupon-media/apiv3';

/** What a notification is made of. A mistake changes a part of it. */
export interface Draft {
  readonly scheme: SchemeName;
  readonly signer: Signer;
  /** Makes a signer with the same key id and another key. */
  otherSigner(): Promise<Signer>;
  /** 32 characters. */
  readonly apiV3Key: string;
  otherApiV3Key(): string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** 32 hex digits, of the signature. */
  readonly nonce: string;
  /** 12 characters, of the encryption. */
  readonly resourceNonce: string;
  readonly id: string;
  /** RFC 3339. */
  readonly createTime: string;
  readonly event: string;
  readonly summary: string;
  readonly originalType: string;
  readonly associatedData: string;
  /** What is sent as associated data, if it is not that of the encryption. */
  readonly sentAssociatedData: string | undefined;
  /** What is encrypted. */
  readonly resource: unknown;
  /** The whole body, if it is not made of the above. */
  readonly body: string | undefined;
}

/** A notification as it is sent. */
export interface SignedNotification {
  /** In the letter case in which they are written. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Encrypts and signs a notification as WeChat Pay does (contract 3.1, 11.1). */
export async function signNotification(draft: Draft): Promise<SignedNotification> {
  const { scheme, signer, timestamp, nonce, body = bodyOf(draft) } = draft;
  const signature = await signResponse({ scheme, signer, timestamp, nonce, body });
  return {
    headers: {
      Accept: '*/*',
      'User-Agent': 'Mozilla/4.0',
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      ...signature,
    },
    body,
  };
}

function bodyOf({
  apiV3Key,
  resourceNonce: nonce,
  associatedData,
  sentAssociatedData,
  ...draft
}: Draft): string {
  const encrypted = encryptResource(JSON.stringify(draft.resource), { apiV3Key, nonce, associatedData });
  const { id, createTime, event, summary, originalType } = draft;
  return JSON.stringify({
    ...{ id, create_time: createTime, resource_type: 'encrypt-resource', event_type: event, summary },
    resource: {
      ...{ original_type: originalType, ...encrypted },
      associated_data: sentAssociatedData ?? associatedData,
    },
  });
}
