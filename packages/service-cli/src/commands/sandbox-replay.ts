import { Argument, Command, InvalidArgumentError } from 'commander';
import { EXIT } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { askSandbox, lineOf, type ShownRequest, sandboxUrl } from '../running-sandbox.js';

interface Flags {
  url?: string;
  resign?: boolean;
  json?: true;
}

/** `coupon-media sandbox replay`. */
export function replayCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('replay')
    .description(say('sandbox.replay.description'))
    .addArgument(new Argument('<number>', say('sandbox.replay.number')).argParser(numberOf))
    .option('--resign', say('sandbox.replay.resign'))
    .option('--url <url>', say('sandbox.requests.url'))
    .option('--json', say('sandbox.requests.json'))
    .action((number: number, flags: Flags) => replay(number, flags, shell));
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('1 …');
  return Number(text);
}

async function replay(
  number: number,
  { url, resign = false, json }: Flags,
  shell: ServiceShell,
): Promise<void> {
  const base = await sandboxUrl(url);
  const response = await askSandbox(`${base}/sandbox/requests/${number}/replay`, shell, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ resign }),
  });
  const request = (await response.json()) as ShownRequest;
  if (json) shell.out.json(request);
  else shell.out.lines(lineOf(request, shell));
  if (request.outcome !== 'SUCCESS') process.exitCode = EXIT.failed;
}
