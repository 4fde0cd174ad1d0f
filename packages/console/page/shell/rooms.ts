/** The rooms, by the fragment of the address: no server has to know them, and every prefix is right. */
export const ROOMS = ['upload', 'gallery', 'firstUse', 'inspector', 'faults', 'status'] as const;
export type Room = (typeof ROOMS)[number];

/** The rooms that only a sandbox has. */
export const OF_SANDBOX: ReadonlySet<Room> = new Set(['firstUse', 'inspector', 'faults']);

/** The rooms that show what the plain door `/v1` answers. */
export const OF_DOOR: ReadonlySet<Room> = new Set(['gallery', 'status']);
