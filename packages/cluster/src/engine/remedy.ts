import { type Text, withReason } from '@coupon-media/apiv3';

/** Returns the words of an engine with what helps. Some libraries end theirs with a colon or a line feed, and nothing behind it. */
export function withRemedy(said: Text, remedy: Text): Text {
  const ended = (words: string) => words.replace(/[\s:]+$/, '');
  return withReason({ 'zh-CN': ended(said['zh-CN']), en: ended(said.en) }, remedy);
}
