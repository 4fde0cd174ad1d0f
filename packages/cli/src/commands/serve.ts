import { Command } from 'commander';
import { portOption, quotaOption } from '../options.js';
import type { Shell } from '../shell.js';
import { untilStopped } from '../signals.js';

interface Flags {
  data?: string;
  host?: string;
  port?: number;
  publicUrl?: string;
  quota?: number;
}

export function serveCommand({ say }: Shell): Command {
  return new Command('serve')
    .description(say('serve.description'))
    .option('--data <dir>', 'folder of images, records, merchants and keys (default: .coupon-media)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .addOption(portOption('default: 8787; a taken one is an error'))
    .option(
      '--public-url <url>',
      'what image URLs begin with; kept with the data (default: where it first listens)',
    )
    .addOption(quotaOption('default: 20; 0 is no limit'))
    .addHelpText('after', '\nEach option can be given as COUPON_MEDIA_DATA, COUPON_MEDIA_HOST and so on.')
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  const { readConfig, startService } = await import('@coupon-media/server');
  const config = readConfig(flags);
  const service = await startService(config);
  const { host, port } = service.address;
  process.stderr.write(
    `coupon-media serves ${config.data} at ${host} port ${port}; images at ${service.publicUrl}/images/\n`,
  );
  await untilStopped();
  await service.stop();
}
