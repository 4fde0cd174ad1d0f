/**
 * Calls `act` with what comes: at once if nothing is under way, else everything that came meanwhile in one call. All of a call share its
 * result or its error. Equal keys share one place.
 *
 * @param most items of one call
 */
export function createGathering<T, R>(
  act: (items: readonly T[]) => Promise<R>,
  most: number,
): (key: string, item: T) => Promise<R> {
  const waiting = new Map<string, Place<T, R>>();
  let underWay = false;

  async function run(): Promise<void> {
    underWay = true;
    while (waiting.size > 0) {
      const places = [...waiting].slice(0, most);
      for (const [key] of places) waiting.delete(key);
      const done = act(places.map(([, { item }]) => item));
      for (const [, { settle }] of places) settle(done);
      await done.catch(() => undefined);
    }
    underWay = false;
  }

  return (key, item) => {
    const known = waiting.get(key);
    if (known) return known.result;
    let settle: Place<T, R>['settle'] = () => {};
    const result = new Promise<R>((resolve) => {
      settle = resolve;
    });
    waiting.set(key, { item, result, settle });
    if (!underWay) void run();
    return result;
  };
}

interface Place<T, R> {
  readonly item: T;
  readonly result: Promise<R>;
  settle(result: Promise<R>): void;
}
