import { createRequire } from 'node:module';
import type { ServiceCli } from 'coupon-media/shell';
import { messages } from './messages/messages.js';
import { COMMANDS } from './table.js';

/** The release that this package is of. */
const { version }: { version: string } = createRequire(import.meta.url)('../package.json');

/** The service's commands, for the program of coupon-media. */
export const serviceCli: ServiceCli = { version, messages, commands: COMMANDS };
