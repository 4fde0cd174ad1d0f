/**
 * Runs `act` for every item, several at the same time. After a failure no further item is started; the ones in progress
 * are awaited, and the first failure rejects.
 */
export async function eachOf<T>(
  items: readonly T[],
  atATime: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failure: { error: unknown } | undefined;
  async function worker(): Promise<void> {
    for (const item of rest) {
      if (failure) return;
      await act(item).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  if (failure) throw failure.error;
}
