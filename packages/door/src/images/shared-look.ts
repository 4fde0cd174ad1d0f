/**
 * One read for all who ask the same at about the same time: a thousand readers of events that are up to date cost what one does.
 *
 * @param read is called with the arguments of the first who asks; equal arguments are equal as JSON
 * @param milliseconds for which an answer is given to others
 * @param now a monotonic clock in milliseconds
 */
export function createSharedLook<Asked extends readonly unknown[], Answer>(
  read: (...asked: Asked) => Promise<Answer>,
  milliseconds: number,
  now: () => number,
): (...asked: Asked) => Promise<Answer> {
  const looks = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  return (...asked) => {
    const key = JSON.stringify(asked);
    // Looks stand in the order of their times.
    for (const [old, { at }] of looks) {
      if (now() - at < milliseconds) break;
      looks.delete(old);
    }
    const known = looks.get(key);
    if (known) return known.answer;
    const answer = read(...asked);
    looks.set(key, { at: now(), answer });
    // Whoever asks next tries again.
    answer.catch(() => looks.delete(key));
    return answer;
  };
}
