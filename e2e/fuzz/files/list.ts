import { readFileList } from '#cli/discovery/file-list.js';
import { CANARY_PEM, holdsSecret } from './canary.js';
import { written } from './folder.js';
import { readOrRefused } from './refusals.js';
import { shells } from './screens.js';
import { broken, type Target } from './target.js';

export const list: Target = {
  name: 'list',
  words: [
    '\n',
    '\r\n',
    '\r',
    '\0',
    'a.png',
    '图片/封面.jpg',
    '../',
    '-',
    ' ',
    '{"a":1}',
    CANARY_PEM,
    '\x1b[2J',
    '\u2028',
  ],
  async read(bytes) {
    const ended = await pathsOf(Buffer.concat([bytes, Buffer.from('\n')]), false);
    if (ended?.join('\n') !== (await pathsOf(bytes, false))?.join('\n'))
      broken('a line feed at the end is a path');
    for (const nul of [false, true]) {
      const paths = await pathsOf(bytes, nul);
      if (!paths) continue;
      for (const one of paths)
        if (one === '' || (nul ? /\0/ : /\n/).test(one)) broken('a path with its end in it');
      // By lines a name cannot end as Windows ends one.
      const end = nul ? '\0' : '\n';
      const writable = paths.filter((one) => nul || !one.endsWith('\r'));
      const again = await pathsOf(Buffer.from(writable.map((one) => one + end).join('')), nul);
      if (again && again.join(end) !== writable.join(end)) broken('a list that was written has other paths');
      for (const { out, look } of shells) {
        out.lines(...paths.slice(0, 20));
        look(holdsSecret(bytes));
      }
    }
  },
};

function pathsOf(bytes: Buffer, nul: boolean): Promise<string[] | undefined> {
  const file = written('list', bytes);
  return readOrRefused(() => readFileList(file, nul, process.stdin));
}
