import { type Evidence, explain } from '@coupon-media/apiv3/explain';
import type { Command } from 'commander';
import { evidenceIn } from '../capture/evidence.js';
import { readBytes, readCaptures } from '../capture/files.js';
import { type ProfileKeys, readKeys } from '../profile/keys.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { printFindings } from '../report/findings.js';
import { checkRequestPart } from '../shell/arguments.js';
import type { Shell } from '../shell/shell.js';

interface Flags extends ProfileFlags {
  method?: string;
  url?: string;
  authorization?: string;
  body?: string;
  meta?: string;
  message?: string;
  json?: true;
}

/** `coupon-media explain`. */
export async function explainRequest(
  shell: Shell,
  files: string[],
  flags: Flags,
  command: Command,
): Promise<void> {
  const given = [flags.url, flags.authorization, flags.body, flags.meta, flags.message];
  if (files.length === 0 && given.every((value) => value === undefined))
    command.error(shell.say('explain.nothing'));
  for (const part of ['method', 'url', 'authorization'] as const)
    checkRequestPart(part, flags[part], `--${part}`);
  const capture = await readCaptures(files);
  const profile = readProfile(flags, shell.environment);
  const keys = readKeys(profile);
  const evidence = { ...evidenceIn(capture), ...(await evidenceOf(flags)), ...evidenceOfKeys(keys) };
  const findings = explain(evidence);
  process.exitCode = printFindings(findings, { evidence, profile, keys, json: flags.json }, shell);
}

async function evidenceOf({ method, url, authorization, body, meta, message }: Flags): Promise<Evidence> {
  const [bodyBytes, metaBytes, signedMessage] = await Promise.all(
    Object.entries({ body, meta, message }).map(([option, file]) =>
      file === undefined ? undefined : readBytes(file, `--${option}`),
    ),
  );
  const evidence = { method, url, authorization, body: bodyBytes, meta: metaBytes, signedMessage };
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined));
}

function evidenceOfKeys({ privateKey, certificate, platformCertificate }: ProfileKeys): Evidence {
  return { privateKey, certificate, platformCertificate };
}
