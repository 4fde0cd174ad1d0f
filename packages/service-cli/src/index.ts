import { createRequire } from 'node:module';
import { type ServiceCli, withMessages } from 'coupon-media/shell';
import { auditCommand } from './commands/audit.js';
import { merchantCommand } from './commands/merchant.js';
import { platformKeyCommand } from './commands/platform-key.js';
import { relayCommand } from './commands/relay.js';
import { sandboxCommand } from './commands/sandbox.js';
import { serveCommand } from './commands/serve.js';
import { storeCommand } from './commands/store.js';
import { tokenCommand } from './commands/token.js';
import { messages } from './messages/messages.js';

/** The release that this package is of. */
const { version }: { version: string } = createRequire(import.meta.url)('../package.json');

/** The service's commands, for the program of coupon-media. */
export const serviceCli: ServiceCli = {
  version,
  messages,
  commands(program) {
    const shell = withMessages(program, messages);
    return [
      sandboxCommand(shell),
      serveCommand(shell),
      relayCommand(shell),
      merchantCommand(shell),
      platformKeyCommand(shell),
      storeCommand(shell),
      tokenCommand(shell),
      auditCommand(shell),
    ];
  },
};
