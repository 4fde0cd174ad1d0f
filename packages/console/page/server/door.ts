import { signal } from '@preact/signals';
import { addressOf } from './address.js';

/** Whether the server has the plain door `/v1`; undefined until it has answered. */
export const hasDoor = signal<boolean | undefined>(undefined);

/** Asks once; a server that cannot be reached is not taken for one without a door. */
export async function askForDoor(): Promise<void> {
  const answer = await fetch(addressOf('v1/openapi.json'), { method: 'HEAD' }).catch(() => undefined);
  if (answer) hasDoor.value = answer.status !== 404;
}
