import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type LedgerRow, type LedgerTitle, readLedgerText } from '#cli/ledger/format.js';
import { openLedger, readLedger } from '#cli/ledger/ledger.js';
import { fileOf, written } from './folder.js';
import { readOrRefused } from './refusals.js';
import { shells } from './screens.js';
import { broken, type Target } from './target.js';

const SHA = '0123456789abcdef'.repeat(4);

export const ledger: Target = {
  name: 'ledger',
  words: [
    '{"ledger":"coupon-media upload","version":1,"service":"https://api.mch.weixin.qq.com","merchant":"1900000001"}\n',
    `{"sha256":"${SHA}","imageUrl":"https://img.example/a.png","filename":"a.png","bytes":9,"at":"2026-01-01T00:00:00.000Z"}\n`,
    ...['"sha256":', '"imageUrl":', '"filename":', '"bytes":', '"requestId":', '"at":', '"source":'],
    ...[
      'javascript:alert(1)',
      'data:text/html,x',
      '\\u001b[2J',
      '\\u2028',
      '\\n',
      '"__proto__":{}',
      '1e999',
      'null',
    ],
    ...['\n', '\n\n\n\n', SHA, '{"ledger":'],
  ],
  async read(bytes) {
    const file = written('ledger.jsonl', bytes);
    const read = await readOrRefused(() => readLedgerText(bytes, file));
    if (!read) return;
    const { rows, wholeBytes } = read;
    if (wholeBytes > bytes.length) broken('more bytes are whole than there are');
    for (const row of rows.uploads) look(row);
    const title = rows.title ?? { service: 'https://api.mch.weixin.qq.com', merchant: '1900000001' };
    const known = await readOrRefused(() => readLedger(file, title));
    // Of several rows with one digest, the last counts.
    const last = new Map(rows.uploads.map((row) => [row.sha256, row]));
    for (const [sha256, row] of last)
      if (!isDeepStrictEqual(known?.sent(sha256), row)) broken(`a row is lost: ${sha256}`);
    await readOrRefused(() => readLedger(file, { ...title, merchant: `${title.merchant}0` }));
    if (last.size > 0 && last.size < 4) await writeAgain(title, [...last.values()]);
  },
};

function look({ imageUrl, filename, requestId = '' }: LedgerRow): void {
  if (!/^https?:$/.test(new URL(imageUrl).protocol)) broken(`a URL that is no address: ${imageUrl}`);
  for (const { out, look: lookAt } of shells) {
    out.lines(`${filename}\t${imageUrl}\t${requestId}`);
    lookAt();
  }
}

/** What is added is there again, whatever stands in it. */
async function writeAgain(title: LedgerTitle, rows: readonly LedgerRow[]): Promise<void> {
  const file = fileOf('again.jsonl');
  await rm(file, { force: true });
  const opened = await openLedger(file, title);
  await opened.reserve();
  for (const row of rows) await opened.add(row);
  await opened.close();
  const again = await readLedger(file, title);
  for (const row of rows)
    if (!isDeepStrictEqual(again.sent(row.sha256), row))
      broken(`a row that was written is not read: ${row.sha256}`);
}
