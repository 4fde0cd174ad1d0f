/**
 * Makes `instanceof` of these classes hold for instances that the package's other build has made: a program that loads a package
 * by `import` here and by `require` there (Jest beside an ESM library) has each class twice, and catches an error of either.
 *
 * @param origin the package's name
 * @param classes by their public names, which tell classes apart where a bundler has renamed them
 * @example
 * ```ts
 * import { knowInstances } from '@coupon-media/apiv3';
 *
 * class QuotaError extends Error {}
 * knowInstances('my-package', { QuotaError });
 * console.log(new QuotaError() instanceof QuotaError); // true
 * ```
 */
export function knowInstances(origin: string, classes: Readonly<Record<string, ErrorClass>>): void {
  for (const [name, known] of Object.entries(classes)) {
    const mark = Symbol.for(`${origin} ${name}`);
    Object.defineProperty(known.prototype, mark, { value: true });
    Object.defineProperty(known, Symbol.hasInstance, {
      value(this: ErrorClass, candidate: unknown): boolean {
        // A class that a program derives from ours inherits this rule, and has no mark of its own.
        if (this !== known) return Object.prototype.isPrototypeOf.call(this.prototype, Object(candidate));
        return typeof candidate === 'object' && candidate !== null && mark in candidate;
      },
    });
  }
}

/** A class of errors, abstract ones too. */
type ErrorClass = abstract new (...values: never) => Error;
