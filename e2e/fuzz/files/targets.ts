import { authorization } from './authorization.js';
import { capture } from './capture.js';
import { form } from './form.js';
import { ledger } from './ledger.js';
import { list } from './list.js';
import { manifest } from './manifest.js';
import { picture } from './picture.js';
import { profile } from './profile.js';
import type { Target } from './target.js';
import { terminal } from './terminal.js';

/** Everything that reads what others wrote: the command's files, what it prints, and what the protocol parses. */
export const targets: readonly Target[] = [
  ledger,
  profile,
  list,
  capture,
  manifest,
  terminal,
  form,
  picture,
  authorization,
];
