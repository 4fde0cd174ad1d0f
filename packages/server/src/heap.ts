import type { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

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

/** Milliseconds between two looks at the event loop. */
const LOOK = 1000;
/** Share of a look below which the event loop was idle. */
const IDLE = 0.05;
/** Idle looks, one after another, before the heap is collected. */
const PATIENCE = 2;
/** Bytes by which the heap must have grown since it was last collected, so that a call now and then costs no collection. */
const WORTH_COLLECTING = 4 * 1024 * 1024;

/**
 * Returns memory of this process to the system whenever it has become idle: what its start or a time of load needed, and V8 would keep,
 * since it collects only when something is allocated. A process that is a service calls it once.
 *
 * @returns ends it. It keeps no process running
 */
export function freeMemoryWhenIdle(): () => void {
  // Bun and Deno have other collectors, or say nothing of their event loop.
  if (process.versions.bun || process.versions.deno) return () => {};
  let before = performance.eventLoopUtilization();
  let quiet = 0;
  let left = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    quiet = performance.eventLoopUtilization(now, before).utilization < IDLE ? quiet + 1 : 0;
    before = now;
    if (quiet < PATIENCE || heapSize() < left + WORTH_COLLECTING) return;
    quiet = 0;
    collect().then(
      () => {
        left = heapSize();
      },
      // Built without an inspector, or a runtime whose inspector does not collect: there the memory stays.
      () => clearInterval(timer),
    );
  }, LOOK).unref();
  return () => clearInterval(timer);
}

/** @returns bytes, those of buffers included */
function heapSize(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}

/** Collects all that can be, and gives the pages of young objects back: `global.gc` keeps those, and needs a flag. */
async function collect(): Promise<void> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  try {
    await collected(session);
    // To disconnect within the callback would wait for a lock that V8 holds meanwhile, and so for ever.
    await nextTurn();
  } finally {
    session.disconnect();
  }
}

function collected(session: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.post('HeapProfiler.collectGarbage', (error) => (error ? reject(error) : resolve()));
  });
}
