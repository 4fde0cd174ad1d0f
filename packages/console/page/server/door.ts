import { computed, signal } from '@preact/signals';
import { addressOf } from './address.js';
import { sandboxValues } from './first-use.js';
import { who } from './session.js';

/** Whether the server has the plain door `/v1`; undefined until it has answered. */
export const hasDoor = signal<boolean | undefined>(undefined);

/** Whether a server without the door has said that it is a sandbox. */
const isSandboxAlone = signal(false);

/** Whether this server is a sandbox, as far as it has said. Only a sandbox needs no token of its own page. */
export const isSandbox = computed(() => who.value?.by === 'page' || isSandboxAlone.value);

/** Asks once; a server that cannot be reached is not taken for one without a door. */
export async function askForDoor(): Promise<void> {
  const answer = await fetch(addressOf('v1/openapi.json'), { method: 'HEAD' }).catch(() => undefined);
  if (!answer) return;
  hasDoor.value = answer.status !== 404;
  // A relay always has the door, and is asked nothing that it does not have.
  if (!hasDoor.value) isSandboxAlone.value = (await sandboxValues()) !== undefined;
}
