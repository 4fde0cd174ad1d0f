import { InvalidArgumentError, Option } from 'commander';

/** An option that takes a whole number within bounds. */
export function numberOption(
  flags: string,
  description: string,
  [least, most]: readonly [number, number],
): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`${least} … ${most}`);
  });
}
