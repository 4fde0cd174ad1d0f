import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SchemeName, Signer, Text } from '@coupon-media/apiv3';
import type { PlatformKeyRecord, Response } from '@coupon-media/server';

/** One kind of fault, and the stage at which it acts. */
export type FaultRow = { readonly text: Text } & (
  | {
      readonly stage: 'signed';
      /** Changes a signed response; one that is not signed stays. */
      change(response: Response, signing: Signing): Response | Promise<Response>;
    }
  | {
      readonly stage: 'response';
      /** Gives another response, which the service knows nothing of. */
      replacement(): Response;
    }
  | {
      readonly stage: 'writing';
      /** Writes to the connection itself, and says whether the response counts as written. */
      write(response: Response, to: ServerResponse, request: IncomingMessage): Promise<boolean>;
    }
  | {
      readonly stage: 'head';
      /** Whether the connection must have carried a request before. */
      readonly reusedOnly: boolean;
    }
  | {
      /** The host does not listen as long as the rule is there. */
      readonly stage: 'listening';
    }
);

/** What signs the response that is changed, and what else could have signed it. */
export interface Signing {
  readonly scheme: SchemeName;
  readonly signer: Signer;
  /** Unix seconds. */
  readonly now: number;
  readonly nonce: string;
  /** The key of the other kind: a certificate's beside a public key, and the reverse. */
  other(): Promise<PlatformKeyRecord>;
  /** A key of the same kind that the platform has from now on. */
  next(): Promise<PlatformKeyRecord>;
}
