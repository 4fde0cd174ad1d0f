import { expect, test } from 'vitest';
import { knowInstances, Refusal } from '../dist/index.js';

/** What a second build of a package would have: classes of the same names, and none of the same identity. */
function build() {
  abstract class Base extends Error {}
  class Derived extends Base {}
  class Sibling extends Base {}
  knowInstances('a-package', { Base, Derived, Sibling });
  return { Base, Derived, Sibling };
}

const one = build();
const other = build();

test('an instance of one build is an instance of the other', () => {
  const error = new one.Derived('failed');
  expect(error instanceof one.Derived).toBe(true);
  expect(error instanceof other.Derived).toBe(true);
  expect(error instanceof other.Base).toBe(true);
  expect(error instanceof other.Sibling).toBe(false);
  expect(error instanceof Error).toBe(true);
});

test('a class that a program derives knows its own instances alone', () => {
  class Own extends one.Derived {}
  expect(new Own('mine') instanceof Own).toBe(true);
  expect(new Own('mine') instanceof other.Derived).toBe(true);
  expect(new one.Derived('failed') instanceof Own).toBe(false);
  expect(new other.Derived('failed') instanceof Own).toBe(false);
});

test('a class of the same name of another package is another', () => {
  class Derived extends Error {}
  knowInstances('another-package', { Derived });
  expect(new one.Derived('failed') instanceof Derived).toBe(false);
  expect(new Derived('failed') instanceof one.Derived).toBe(false);
});

test.each([undefined, null, 0, 'text', {}, new Error('plain'), () => undefined])(
  '%o is no instance',
  (value) => {
    expect(value instanceof one.Base).toBe(false);
    expect(value instanceof Refusal).toBe(false);
  },
);

test('an error carries no mark that would be shown or serialised', () => {
  expect(Reflect.ownKeys(new one.Derived('failed')).sort()).toEqual(['message', 'stack']);
});
