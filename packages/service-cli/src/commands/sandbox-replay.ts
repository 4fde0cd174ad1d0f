import { Argument, Command, InvalidArgumentError } from 'commander';
import { EXIT } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { askSandbox, lineOf, type ShownRequest, sandboxUrl, type WhichSandbox } from '../running-sandbox.js';

interface Flags extends WhichSandbox {
  resign?: boolean;
  json?: true;
}

/** `coupon-media sandbox replay`. */
export function replayCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return (
    new Command('replay')
      .description(say('sandbox.replay.description'))
      .addArgument(new Argument('<number>', say('sandbox.replay.number')).argParser(numberOf))
      .option('--resign', say('sandbox.replay.resign'))
      .option('--url <url>', say('sandbox.requests.url'))
      .option('--data <dir>', say('sandbox.data'))
      .option('--json', say('sandbox.requests.json'))
      // `sandbox` has --data as well, and takes it wherever it stands.
      .action((number: number, _: Flags, command: Command) =>
        replay(number, command.optsWithGlobals(), shell),
      )
  );
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('1 … 999999999');
  return Number(text);
}

async function replay(
  number: number,
  { resign = false, json, ...which }: Flags,
  shell: ServiceShell,
): Promise<void> {
  const base = await sandboxUrl(which);
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
