/**
 * Does the same with each of many, some at a time. Where one fails nothing more is begun, what is under way is
 * waited for, and the first failure rejects.
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
