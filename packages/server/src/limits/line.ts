/** Members in the order in which they joined. */
export interface Line<T> extends Iterable<T> {
  /** @returns a function that removes the member; call it once */
  join(member: T): () => void;
  length(): number;
}

/**
 * A linked list is used instead of a Set. If members of a Set came and went with every upload, V8 would keep rebuilding
 * its table, and the old tables would retain former members until the next major collection. A member that leaves
 * clears its links for the same reason.
 */
export function createLine<T>(): Line<T> {
  const ends = { member: undefined } as Link<T>;
  ends.before = ends;
  ends.after = ends;
  let length = 0;
  return {
    join(member) {
      const link: Link<T> = { member, before: ends.before, after: ends };
      link.before.after = link;
      ends.before = link;
      length += 1;
      return () => {
        link.before.after = link.after;
        link.after.before = link.before;
        link.before = link;
        link.after = link;
        length -= 1;
      };
    },
    *[Symbol.iterator]() {
      for (let link = ends.after; link !== ends; ) {
        const { member, after } = link;
        link = after;
        yield member as T;
      }
    },
    length: () => length,
  };
}

interface Link<T> {
  member: T | undefined;
  before: Link<T>;
  after: Link<T>;
}
