import type { Evidence, Finding } from '@coupon-media/apiv3';
import type { MessageKey } from '../messages/messages.js';
import type { ProfileKeys } from '../profile/keys.js';
import type { Profile } from '../profile/profile.js';
import { CommandError, describeFailure, EXIT, type ExitCode } from '../shell/failure.js';
import { hanging } from '../shell/hanging.js';
import type { Shell } from '../shell/shell.js';
import { visible } from '../terminal/visible.js';

interface About {
  evidence: Evidence;
  profile: Profile;
  keys: ProfileKeys;
  json: true | undefined;
}

/** Prints the mistakes that were found. @returns 0 if there is a finding, 1 if there is none */
export function printFindings(findings: readonly Finding[], about: About, shell: Shell): ExitCode {
  const { out, language } = shell;
  if (about.json) {
    for (const { mistake, certain, message, remedy } of findings)
      out.json({ mistake, certain, message: message[language], remedy: remedy[language] });
  } else {
    out.lines(...introduction(about, shell), '', ...findings.flatMap((found) => asText(found, shell)));
    if (findings.length === 0) out.lines(...wanting(about.evidence, shell));
  }
  return findings.length > 0 ? EXIT.done : EXIT.failed;
}

/** The lines that show what was examined, so that the user can judge the findings. */
function introduction({ evidence, profile, keys }: About, shell: Shell): string[] {
  const { out, say } = shell;
  const { method = '?', url = '?' } = evidence;
  const from = profile.file ?? say('explain.noProfile');
  return [
    out.style.strong(visible(`${method} ${url}`)),
    out.style.faint(say('explain.keysOf', { from })),
    ...keys.problems.map(({ given, error }) =>
      out.style.note(
        error instanceof CommandError
          ? say(error.key, error.values)
          : `${given.name}: ${describeFailure(error, shell)}`,
      ),
    ),
  ];
}

function asText({ mistake, certain, message, remedy }: Finding, { out, say, language }: Shell): string[] {
  const { style } = out;
  const isRight = mistake === 'signatureRight';
  const mark = isRight ? style.good('✓') : certain ? style.bad('✗') : style.note('?');
  const doubt = certain ? '' : style.faint(say('explain.uncertain'));
  return [
    `  ${mark} ${hanging(out, 4, visible(message[language]), style.strong)}${doubt}`,
    `    ${style.note('→')} ${hanging(out, 6, visible(remedy[language]))}`,
    '',
  ];
}

/** The evidence that would help to find more. */
const WANTED: readonly (readonly [MessageKey, (evidence: Evidence) => unknown])[] = [
  ['explain.want.authorization', ({ authorization }) => authorization],
  ['explain.want.body', ({ body, meta }) => body ?? meta],
  ['explain.want.key', ({ certificate, privateKey }) => certificate ?? privateKey],
  ['explain.want.response', ({ signInformation, serverNow }) => signInformation ?? serverNow],
];

function wanting(evidence: Evidence, { out, say }: Shell): string[] {
  const missing = WANTED.filter(([, has]) => !has(evidence)).map(([key]) => `    ${say(key)}`);
  return [`  ${out.style.note('?')} ${say('explain.nothingFound')}`, ...missing];
}
