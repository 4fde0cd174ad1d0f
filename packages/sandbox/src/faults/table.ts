import { connectionFaults } from './connections.js';
import { gatewayFaults } from './gateways.js';
import type { FaultRow } from './row.js';
import { signatureFaults } from './signatures.js';
import { wireFaults } from './wire.js';

/** Every fault beside the refusals, which are the table of apiv3. */
export const faults = {
  ...signatureFaults,
  ...gatewayFaults,
  ...wireFaults,
  ...connectionFaults,
} as const satisfies Record<string, FaultRow>;

export type FaultName = keyof typeof faults;

export const FAULT_NAMES = Object.keys(faults) as FaultName[];

export function faultRow(name: FaultName): FaultRow {
  return faults[name];
}
