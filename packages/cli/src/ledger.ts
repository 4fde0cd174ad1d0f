// The entry `coupon-media/ledger`: the uploads that the command has recorded.

export type { LedgerRow, LedgerTitle } from './ledger/format.js';
export { readLedgerFile } from './ledger/ledger.js';
