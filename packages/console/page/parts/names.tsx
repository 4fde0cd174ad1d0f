import { Fragment } from 'preact';

/**
 * Names in a row, at the end of a sentence. Each may be of any script, and must not turn what stands beside it.
 *
 * @param names the first of them
 * @param inAll how many there are
 */
export function Names({ names, inAll }: { readonly names: readonly string[]; readonly inAll: number }) {
  return (
    <>
      {names.map((name, at) => (
        <Fragment key={name}>
          {at > 0 && ', '}
          <bdi>{name}</bdi>
        </Fragment>
      ))}
      {inAll > names.length && ' …'}
    </>
  );
}
