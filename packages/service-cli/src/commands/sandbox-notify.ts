import type { MistakeName, NotificationReport, Notify, NotifyOptions } from '@coupon-media/sandbox';
import type { Command } from 'commander';
import { EXIT } from 'coupon-media/shell';
import { readJsonFile } from '../json-file.js';
import type { ServiceShell } from '../messages/messages.js';

interface Flags {
  data?: string;
  event?: string;
  resource?: string;
  mistake?: string;
  each?: true;
  times: number;
  merchant?: string;
  json?: true;
}

/** `coupon-media sandbox notify`. */
export async function notify(shell: ServiceShell, url: string, _: Flags, command: Command): Promise<void> {
  const flags = command.optsWithGlobals<Flags>();
  const { createNotifier, MISTAKE_NAMES } = await import('@coupon-media/sandbox');
  const { openEmbeddedMerchants, readConfig } = await import('@coupon-media/server');
  const { data = '.coupon-media', event, merchant, resource: file } = flags;
  const resource = file === undefined ? undefined : readJsonFile(file);
  const mistakes = flags.each ? [undefined, ...MISTAKE_NAMES] : [flags.mistake as MistakeName | undefined];
  const records = await openEmbeddedMerchants({ folder: readConfig({ data }, {}).data, create: false });
  try {
    const send = createNotifier({ records, now: Date.now });
    for (const mistake of mistakes) {
      const options = { event, merchant, resource, mistake };
      await repeatedly(send, { url, options, times: flags.times }, (report) => tell(report, flags, shell));
    }
  } finally {
    await records.close();
  }
}

/** The same notification each time: what is delivered again has the same id. */
async function repeatedly(
  send: Notify,
  { url, options, times }: { url: string; options: NotifyOptions; times: number },
  tell: (report: NotificationReport) => Promise<void>,
): Promise<void> {
  let id: string | undefined;
  for (let sent = 0; sent < times; sent += 1) {
    const report = await send(url, { ...options, id });
    id = report.id;
    await tell(report);
  }
}

async function tell(report: NotificationReport, { json }: Flags, shell: ServiceShell): Promise<void> {
  const { out, say, language } = shell;
  const { isRight, mistake, event, text, milliseconds, response } = report;
  if (!isRight) process.exitCode = EXIT.failed;
  if (json) return out.json(report);
  const { whatIsWrong } = await import('@coupon-media/sandbox');
  const what = mistake === undefined ? say('sandbox.notify.genuine') : whatIsWrong(mistake)[language];
  const mark = isRight ? out.style.good('✓') : out.style.bad('✗');
  out.lines(`${mark} ${event}  ${mistake === undefined ? '' : `${mistake}: `}${what}`);
  out.lines(`    → ${text[language]}  ${milliseconds} ms`);
  const body = response?.body.trim() ?? '';
  if (body !== '') out.lines(`      ${body.length > SHOWN ? `${body.slice(0, SHOWN)}…` : body}`);
}

/** Characters of a response's body that are shown. */
const SHOWN = 300;
