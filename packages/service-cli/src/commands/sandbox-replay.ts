import type { Command } from 'commander';
import { EXIT } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { askSandbox, lineOf, type ShownRequest, sandboxUrl, type WhichSandbox } from '../running-sandbox.js';

interface Flags extends WhichSandbox {
  resign?: boolean;
  json?: true;
}

/** `coupon-media sandbox replay`. */
export async function replay(shell: ServiceShell, number: number, _: Flags, command: Command): Promise<void> {
  const { resign = false, json, ...which } = command.optsWithGlobals<Flags>();
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
