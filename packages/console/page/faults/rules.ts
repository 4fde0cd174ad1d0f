import { computed, signal } from '@preact/signals';
import {
  addFault,
  clearFaults,
  type FaultRule,
  type Faults,
  readFaults,
  removeFault,
} from '../server/faults.js';
import type { ServerProblem } from '../server/problem.js';

export const faults = signal<Faults | undefined>(undefined);
/** Why the last change did not happen, or why the sandbox cannot be asked now. */
export const problem = computed(() => refused.value ?? away.value);
const refused = signal<ServerProblem | undefined>(undefined);
const away = signal<ServerProblem | undefined>(undefined);

/** What begins the names of rules that a switch of this page has added. */
const OURS = 'console: ';

/** A switch: a fault of the sandbox, a refusal, or slowness. */
export interface Switch {
  readonly key: string;
  readonly response: FaultRule['response'];
  /** A host that refuses connections sees no requests that could be counted. */
  readonly isOfHost?: boolean;
}

export async function refresh(): Promise<void> {
  const answer = await readFaults();
  away.value = 'code' in answer ? answer : undefined;
  if (!('code' in answer)) faults.value = answer;
}

/** @param chance above 0 and up to 1; @param count undefined: without end */
export async function turnOn(
  { key, response, isOfHost = false }: Switch,
  { chance, count }: { readonly chance: number; readonly count: number | undefined },
): Promise<void> {
  const request = isOfHost ? { host: 'backup' } : chance < 1 ? { probability: chance } : {};
  const isCounted = count !== undefined && !isOfHost;
  refused.value = await addFault({ name: OURS + key, request, response, ...(isCounted && { count }) });
  await refresh();
}

export async function turnOff(name: string): Promise<void> {
  refused.value = await removeFault(name);
  await refresh();
}

export async function turnAllOff(): Promise<void> {
  refused.value = await clearFaults();
  await refresh();
}

/** @returns the name of the rule that a switch adds */
export function ruleOf({ key }: Switch): string {
  return OURS + key;
}
