import { setFlagsFromString } from 'node:v8';

/** Percent that the heap may grow between two major collections: the most that V8 itself allows a small heap. */
const HEAP_GROWTH = 300;

/**
 * Lets the heap of this process quadruple between two major collections. A process that is a service calls it once; a library
 * has no business to.
 *
 * Bodies are memory outside of the heap that V8 counts as growth of it. With the small heap of a service, V8 was seen to collect all of
 * it after every eighth image of 2 MiB, where minor collections free the bodies as well (docs/decisions/013-heap-growth.md).
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
}
