import type { Client } from '@coupon-media/client';
import type { LedgerRow } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import { reasonText } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';
import { checkFit, type Preparation, preparationProblem, prepareForUpload } from './preparing.js';
import { problemOf, type UploadProblem } from './problem.js';
import { type ReadyImage, readImage } from './reading.js';
import type { Steps } from './run.js';

/** The earlier uploads; without `reserve` and `add`, they are only read. */
export type KnownUploads = Pick<Ledger, 'sent' | 'made'> & Partial<Pick<Ledger, 'reserve' | 'add'>>;

/** The flags that say how images are read. */
export interface StepFlags extends Preparation {
  filename?: string;
  prepare?: true;
  enlarge?: true;
  sendDoubtful?: true;
}

export interface StepsOptions {
  /** Undefined in a dry run. */
  client: Client | undefined;
  ledger: KnownUploads | undefined;
  flags: StepFlags;
  shell: Shell;
  /** Cancels the work under way. */
  signal: AbortSignal;
}

/** The steps of a run, on real files and a real service. */
export function stepsOf({ client, ledger, flags, shell, signal }: StepsOptions): Steps {
  const { say, language } = shell;
  const { slot, fit, focus, crop, background, filename } = flags;
  const preparation = definedOnly({ slot, fit, focus, crop, background });
  const preparing = { preparation, enlarge: flags.enlarge === true, ledger };
  const reading = {
    filename,
    stdin: process.stdin,
    signal,
    say,
    language,
    sendDoubtful: flags.sendDoubtful === true,
  };
  return {
    ...(ledger && { ledger }),
    read: (path) => read(path),
    send:
      client &&
      ((image) => client.uploadImage(image.bytes, { filename: image.filename, signal, onDoubt: () => {} })),
    problemOf: (error) => preparationProblem(error, shell) ?? problemOf(error, shell),
    ledgerProblem: (error) => ledgerProblem(error, shell),
  };

  async function read(path: string): Promise<ReadyImage | LedgerRow> {
    if (flags.prepare) return prepareForUpload(path, { ...reading, ...preparing });
    const image = await readImage(path, reading);
    if (slot) await checkFit(image, { preparation, language, signal });
    return image;
  }
}

function ledgerProblem(error: unknown, { say }: Shell): UploadProblem {
  const why = reasonText(error);
  return {
    code: 'LEDGER_UNWRITABLE',
    reason: say('ledger.unwritable', { why }),
    remedy: say('remedy.ledger'),
    scope: 'perhapsAll',
  };
}

function definedOnly<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
