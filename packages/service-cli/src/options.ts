import { InvalidArgumentError, Option } from 'commander';

export function portOption(note: string): Option {
  return new Option('--port <n>', `port to listen on (${note})`).argParser(
    wholeNumber('a port, 0 to 65535', 65_535),
  );
}

export function quotaOption(note: string): Option {
  return new Option(
    '--quota <n>',
    `uploads a second of a merchant without a quota of its own (${note})`,
  ).argParser(wholeNumber('a number of uploads a second, 0 for no limit', 1_000_000));
}

export function limitOption(): Option {
  return new Option('--limit <n>', 'how many at most')
    .argParser(wholeNumber('a number, 1 to 1000', 1000))
    .default(100);
}

/** A merchant's own quota, or `default`, which gives it up. */
export function rateOption(note: string): Option {
  const number = wholeNumber('a number of uploads a second, 0 for no limit, or "default"', 1_000_000);
  return new Option('--quota <n|default>', `uploads a second, 0 for no limit (${note})`).argParser((text) =>
    text === 'default' ? text : number(text),
  );
}

export function onOffOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It must be on or off.');
    return text === 'on';
  });
}

function wholeNumber(what: string, most: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) > most) throw new InvalidArgumentError(`It must be ${what}.`);
    return Number(text);
  };
}
