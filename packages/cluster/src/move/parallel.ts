/**
 * Runs `act` for every item, several at the same time. After a failure no further item is started; the ones in progress
 * are awaited, and the first failure rejects. Of items that come one after the other, no more is taken than is in progress.
 */
export async function eachOf<T>(
  items: readonly T[] | AsyncGenerator<T>,
  atATime: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = Symbol.asyncIterator in items ? items : items.values();
  let failure: { error: unknown } | undefined;
  const failed = (error: unknown): void => {
    failure ??= { error };
  };
  async function worker(): Promise<void> {
    for await (const item of rest) {
      if (failure) return;
      await act(item).catch(failed);
    }
  }
  const workers = Symbol.asyncIterator in items ? atATime : Math.min(atATime, items.length);
  await Promise.all(Array.from({ length: workers }, () => worker().catch(failed)));
  if (failure) throw failure.error;
}
