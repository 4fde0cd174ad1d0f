import type { Text } from '@coupon-media/apiv3';
import type { ServerProblem } from './problem.js';
import { askSandbox } from './sandbox.js';

/** What `GET /sandbox/faults` says. */
export interface Faults {
  /** The origins of the two addresses. */
  readonly hosts: readonly string[];
  readonly rules: readonly FaultOn[];
  /** Every fault by its name, and what it does. */
  readonly faults: Readonly<Record<string, Text>>;
  /** Every refusal by its name. */
  readonly refusals: Readonly<
    Record<string, { readonly status: number; readonly code: string; readonly text: Text }>
  >;
}

/** A rule that was added, by this page or by another program. */
export interface FaultOn {
  readonly rule: FaultRule;
  readonly seen: number;
  readonly applied: number;
  readonly inForce: boolean;
}

/** A rule, as far as the page writes and reads one. */
export interface FaultRule {
  readonly name: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
  readonly count?: number;
}

export async function readFaults(): Promise<Faults | ServerProblem> {
  const answer = await askSandbox('sandbox/faults');
  return 'code' in answer ? answer : ((await answer.json()) as Faults);
}

export async function addFault(rule: FaultRule): Promise<ServerProblem | undefined> {
  const answer = await askSandbox('sandbox/faults', { method: 'POST', body: rule });
  return 'code' in answer ? answer : undefined;
}

export async function removeFault(name: string): Promise<ServerProblem | undefined> {
  const answer = await askSandbox(`sandbox/faults/${encodeURIComponent(name)}`, { method: 'DELETE' });
  return 'code' in answer ? answer : undefined;
}

export async function clearFaults(): Promise<ServerProblem | undefined> {
  const answer = await askSandbox('sandbox/faults', { method: 'DELETE' });
  return 'code' in answer ? answer : undefined;
}
