import { signal } from '@preact/signals';

/** The rooms, by the fragment of the address: no server has to know them, and every prefix is right. */
export const ROOMS = ['upload', 'firstUse'] as const;
export type Room = (typeof ROOMS)[number];

/** The room that the address names; undefined if there is no such room. */
export const room = signal<Room | undefined>(named());

addEventListener('hashchange', () => {
  room.value = named();
});

function named(): Room | undefined {
  const name = location.hash.slice(1) || ROOMS[0];
  return ROOMS.find((one) => one === name);
}
