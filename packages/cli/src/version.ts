import { createRequire } from 'node:module';

const { version }: { version: string } = createRequire(import.meta.url)('../package.json');

/** The release that this package is of. */
export const VERSION = version;
