import type { Generated, Kysely } from 'kysely';

/**
 * What every engine with SQL records, whichever it is. Times in `at` and `*_at` are as the interfaces say; truth is 1,
 * else 0.
 */
export interface Records {
  image: {
    /** 32 bytes, half as long in the index as hex would be. */
    sha256: Uint8Array;
    kind: string;
    bytes: number;
    width: number;
    height: number;
  };
  upload: {
    /** Grows with time: the newest is the greatest. */
    id: Generated<number>;
    merchant: string;
    filename: string;
    sha256: Uint8Array;
    at: number;
    request_id: string;
  };
  merchant: {
    id: string;
    scheme: string;
    api_v3_key: string;
    enabled: number;
    product_coupon: number;
    quota: number | null;
    default_platform_key_id: string | null;
  };
  merchant_certificate: {
    id: Generated<number>;
    merchant: string;
    serial_no: string;
    pem: string;
    not_before: number;
    not_after: number;
    revoked_at: number | null;
  };
  platform_key: {
    /** Order of adding. */
    position: Generated<number>;
    id: string;
    kind: string;
    private_key_pem: string;
    public_pem: string;
    not_before: number | null;
    not_after: number | null;
    retired_at: number | null;
  };
  setting: { name: string; value: string };
  /** One row: how often merchants, keys and settings were changed. */
  merchant_version: { id: number; version: number };
}

export type Queries = Kysely<Records>;

/**
 * How a query is carried out. An engine in the same process does it at once; one behind a network wants a deadline
 * around it, and may repeat it where it is `repeatable`, as all are that do not say otherwise.
 */
export type CallEngine = <T>(
  operation: string,
  act: () => Promise<T>,
  options?: { readonly repeatable?: boolean },
) => Promise<T>;

export const callDirectly: CallEngine = (_operation, act) => act();
