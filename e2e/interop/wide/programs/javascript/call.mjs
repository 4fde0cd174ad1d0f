/** What a program of this folder is given: in its environment, so that all languages are given it alike. */
import { openAsBlob, readFileSync } from 'node:fs';

const { TARGET, FILE, FNAME, META, HEADERS = '' } = process.env;

export const url = TARGET;
/** The path of the image. */
export const path = FILE;
export const filename = FNAME;
export const meta = META;
/** Authorization, Accept and User-Agent, or none. */
export const headers = Object.fromEntries(
  HEADERS.split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/: (.*)/)),
);
export const bytes = readFileSync(FILE);
export const file = await openAsBlob(FILE, { type: 'image/png' });

/** A form of the runtime. */
export function form() {
  const made = new FormData();
  made.set('meta', meta);
  made.set('file', file, filename);
  return made;
}
