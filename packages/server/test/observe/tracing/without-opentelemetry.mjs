/** A start where OpenTelemetry is not installed: `without-opentelemetry.mjs FOLDER`. Prints the error's code and message. */
import { register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
    export const resolve = (specifier, context, next) =>
      next(specifier.startsWith('@opentelemetry/') ? specifier + '-not-installed' : specifier, context);
  `)}`,
);
const { readConfig, startService } = await import('../../../dist/index.js');
const [data = ''] = process.argv.slice(2);
const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
await startService(readConfig({ data, port: 0, logLevel: 'silent' }, environment)).catch((error) => {
  process.stdout.write(`${error.code}: ${error.message}\n`);
});
