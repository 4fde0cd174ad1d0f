/** `node writing.mjs WHEN LEVEL`: writes three lines to a service's log, and ends WHEN: before it is opened, soon after, or late. */
import { createLog } from '../../dist/observe/output.js';

const [when, level = 'info'] = process.argv.slice(2);
const { log, open } = createLog(level);
log.info('first');
log.warn({ at: 2 }, 'second');
if (when === 'before') process.exit();
open();
if (when === 'late') setTimeout(() => log.error({ err: new Error('why') }, 'third'), 400);
else {
  log.error({ err: new Error('why') }, 'third');
  if (when === 'exits') process.exit();
}
