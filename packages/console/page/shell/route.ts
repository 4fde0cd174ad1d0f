import { computed, signal } from '@preact/signals';
import { hasDoor, isSandbox } from '../server/door.js';
import { OF_DOOR, OF_SANDBOX, ROOMS, type Room } from './rooms.js';

/** The rooms that this server has, as far as it has said. */
export const rooms = computed(() =>
  ROOMS.filter(
    (name) => (isSandbox.value || !OF_SANDBOX.has(name)) && (hasDoor.value !== false || !OF_DOOR.has(name)),
  ),
);

const address = signal(location.hash.slice(1));

addEventListener('hashchange', () => {
  address.value = location.hash.slice(1);
});

/** The room that the address names; undefined if there is no such room. */
export const room = computed<Room | undefined>(() => {
  const [name] = address.value.split('/');
  return ROOMS.find((one) => one === (name || ROOMS[0]));
});

/** What the address says after the room, for the room itself: `3` of `#inspector/3`. */
export const rest = computed(() => address.value.split('/').slice(1).join('/'));
