import { createRequire } from 'node:module';

/** The release of all packages, from this package's own file: apiv3 has it too, among all of the protocol. */
export const { version: VERSION }: { version: string } = createRequire(import.meta.url)('../package.json');
