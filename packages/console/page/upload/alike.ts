import { type Item, items } from './items.js';

/** The images of the same slot that were not sent yet, this one included. */
export function likeIt({ slot }: Item): readonly Item[] {
  return items.peek().filter((one) => {
    const { at } = one.state.peek();
    return one.slot.peek() === slot.peek() && (at === 'ready' || at === 'failed');
  });
}

/** Images of the same pixels can take the same part; undefined as long as they are not known. */
export function copyableSize({ look }: Item): string | undefined {
  const seen = look.peek();
  const image = seen === 'looking' ? undefined : seen?.image;
  return typeof image === 'object' ? `${image.width} × ${image.height}` : undefined;
}
