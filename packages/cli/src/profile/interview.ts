import path from 'node:path';
import {
  hosts,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  originOf,
  redacted,
} from '@coupon-media/apiv3';
import { readKeyFile } from '../files/key-file.js';
import { typedPath } from '../files/typed-path.js';
import type { MessageKey } from '../messages/messages.js';
import { CommandError, describeFailure } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';

/** Gives the next typed line; undefined if there are no more. */
export type NextLine = () => Promise<string | undefined>;

interface Question {
  /** Key of the profile file. */
  readonly key: string;
  readonly text: MessageKey;
  /** The value of an empty answer; without it, an answer is required. */
  readonly otherwise?: string;
  /** Whether to ask it, given the earlier answers. */
  when?(answers: Answers): boolean;
  /** @returns the answer to store; throws if it cannot be right */
  check(text: string, environment: NodeJS.ProcessEnv): string;
}

type Answers = Readonly<Record<string, string>>;

/** The questions in order. An allowed empty answer is left out of the profile. */
const QUESTIONS: readonly Question[] = [
  { key: 'mchid', text: 'init.mchid', check: matching(/^\d{1,32}$/, 'init.form.mchid') },
  { key: 'privateKeyPath', text: 'init.privateKey', check: keyFile('privateKeyPath', loadPrivateKey) },
  {
    key: 'certificatePath',
    text: 'init.certificate',
    otherwise: '',
    check: keyFile('certificatePath', loadCertificate),
  },
  {
    key: 'certificateSerialNo',
    text: 'init.serial',
    when: ({ certificatePath }) => certificatePath === '',
    check: matching(/^[0-9a-f]{8,40}$/i, 'init.form.serial'),
  },
  {
    key: 'wechatPayPublicKeyId',
    text: 'init.publicKeyId',
    otherwise: '',
    check: matching(/^PUB_KEY_ID_[0-9A-Za-z]+$/, 'init.form.publicKeyId'),
  },
  {
    key: 'wechatPayPublicKeyPath',
    text: 'init.publicKey',
    when: ({ wechatPayPublicKeyId }) => wechatPayPublicKeyId !== '',
    check: keyFile('wechatPayPublicKeyPath', loadPublicKey),
  },
  {
    key: 'platformCertificatePath',
    text: 'init.platformCertificate',
    when: ({ wechatPayPublicKeyId }) => wechatPayPublicKeyId === '',
    check: keyFile('platformCertificatePath', loadCertificate),
  },
  { key: 'baseUrl', text: 'init.hosts', otherwise: hosts.join(','), check: originList },
];

/**
 * Asks for a profile, question by question, and repeats a question if the answer cannot be right. @returns the content of the
 * profile file
 */
export async function interview(nextLine: NextLine, shell: Shell): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const question of QUESTIONS) {
    if (question.when?.(answers) ?? true) answers[question.key] = await ask(question, nextLine, shell);
  }
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== ''));
}

async function ask(question: Question, nextLine: NextLine, shell: Shell): Promise<string> {
  const { err, say } = shell;
  for (;;) {
    const usual = question.otherwise ? ` [${question.otherwise}]` : '';
    err.write(`${err.style.strong(say(question.text))}${usual} `);
    const line = await nextLine();
    if (line === undefined) throw new CommandError('init.ended', { key: question.key });
    const text = line.trim();
    if (text === '' && question.otherwise !== undefined) return question.otherwise;
    try {
      return question.check(text, shell.environment);
    } catch (error) {
      const why = describeFailure(error, shell);
      err.lines(`  ${err.style.bad('✗')} ${say('init.wrong', { why })}`);
    }
  }
}

function matching(form: RegExp, described: MessageKey): (text: string) => string {
  return (text) => {
    if (!form.test(text)) throw new CommandError(described);
    return text;
  };
}

/** Checks a readable key file. It is stored as an absolute path, since the profile may be in any folder. */
function keyFile(key: string, load: (pem: string) => unknown): Question['check'] {
  return (text, environment) => {
    const typed = typedPath(text, environment);
    const file = path.resolve(typed);
    load(readKeyFile(typed, key, file));
    return file;
  };
}

function originList(text: string): string {
  for (const origin of text.split(',')) {
    if (originOf(origin) === undefined) throw new CommandError('init.origin', { what: redacted(origin) });
  }
  return text;
}
