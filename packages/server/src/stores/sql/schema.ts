import type { Generated, Kysely } from 'kysely';

/**
 * The records of every engine with SQL. Times in `at` and `*_at` have the units of the interfaces. A boolean is 1 or 0.
 */
export interface Records {
  image: {
    /** 32 bytes. Hex would take twice the space in the index. */
    sha256: Uint8Array;
    kind: string;
    bytes: number;
    width: number;
    height: number;
  };
  upload: {
    /** Grows with time: the newest upload has the greatest id. */
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
    /** The order in which keys were added. */
    position: Generated<number>;
    id: string;
    kind: string;
    private_key_pem: string;
    public_pem: string;
    not_before: number | null;
    not_after: number | null;
    retired_at: number | null;
  };
  /** Unix seconds at which a key last signed a response. */
  platform_key_use: { id: string; at: number };
  setting: { name: string; value: string };
  /** One row: the number of changes to merchants, keys and settings. */
  merchant_version: { id: number; version: number };
}

export type Queries = Kysely<Records>;

/**
 * Runs a call to an engine. An engine in the same process is called directly. An engine behind a network adds a
 * deadline and repeats the call if it is `repeatable`, which is the default.
 */
export type CallEngine = <T>(
  operation: string,
  act: () => Promise<T>,
  options?: { readonly repeatable?: boolean },
) => Promise<T>;

export const callDirectly: CallEngine = (_operation, act) => act();
