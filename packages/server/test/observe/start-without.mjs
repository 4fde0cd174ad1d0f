/** Starts a service without an installed package: `start-without.mjs PACKAGE FOLDER`. Prints the code and message of the error. */
import { register } from 'node:module';

const [name = '', data = ''] = process.argv.slice(2);
register(
  `data:text/javascript,${encodeURIComponent(`
    export const resolve = (specifier, context, next) =>
      next(specifier.startsWith('${name}') ? specifier + '-not-installed' : specifier, context);
  `)}`,
);
const { readConfig, startService } = await import('../../dist/index.js');
await startService(readConfig({ data, port: 0, logLevel: 'silent' })).catch((error) => {
  process.stdout.write(`${error.code}: ${error.message}\n`);
});
