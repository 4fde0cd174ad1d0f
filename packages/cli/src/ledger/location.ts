import path from 'node:path';
import { stateFolder } from '../profile/folders.js';
import { isLoopback } from '../profile/loopback.js';
import type { LedgerTitle } from './format.js';

/**
 * Where a ledger is unless told otherwise: in the folder of states, a file for each service and merchant. That of a
 * sandbox is beside its profile, since it holds for as long as the images in that folder.
 */
export function ledgerPath(
  { service, merchant }: LedgerTitle,
  profileFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  const { host } = new URL(service);
  const name = `ledger-${`${host}-${merchant}`.replace(/[^\w.-]+/g, '_')}.jsonl`;
  return isLoopback(service) && profileFile !== undefined
    ? path.join(path.dirname(profileFile), name)
    : path.join(stateFolder(environment), name);
}
