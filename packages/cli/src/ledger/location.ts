import path from 'node:path';
import { stateFolder } from '../profile/folders.js';
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
  const { protocol, hostname, host } = new URL(service);
  const name = `ledger-${`${host}-${merchant}`.replace(/[^\w.-]+/g, '_')}.jsonl`;
  const isLocal = protocol === 'http:' && /^(127\.|localhost$|\[::1\]$)/.test(hostname);
  return isLocal && profileFile !== undefined
    ? path.join(path.dirname(profileFile), name)
    : path.join(stateFolder(environment), name);
}
