import { computed, signal } from '@preact/signals';
import { assigned } from './assign.js';
import { type Item, items } from './items.js';

/** The coupon that is looked at; undefined if none is. */
export const looked = signal<string | undefined>(undefined);

/** Opens the preview of a coupon. */
export function lookAtCoupon(name: string): void {
  looked.value = name;
}

/** The names that a CSV gave, in its order; one empty name without a CSV. */
export const couponNames = computed<readonly string[]>(() => {
  // A table changes the coupons of items that are there already.
  void assigned.value;
  return [...new Set(inOrder(items.value).map(({ coupon }) => coupon.peek()))];
});

/** The items of a coupon, its details in the order of the CSV. */
export function imagesOfCoupon(name: string): readonly Item[] {
  return inOrder(items.peek()).filter(({ coupon }) => coupon.peek() === name);
}

function inOrder(list: readonly Item[]): readonly Item[] {
  return [...list].sort((one, other) => one.place.peek() - other.place.peek());
}
