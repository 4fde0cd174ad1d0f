import { filled, isLoopbackUrl, uploadEndpoints } from '@coupon-media/apiv3';
import type { Database, Problem, Row } from '@coupon-media/server/engine';

/**
 * Looks for rows that no relay can carry out or answer with: a pending upload whose image is not stored, and a value that no coupon can hold.
 *
 * @returns problems of the kinds `unattached` and `unusable`
 * @throws StoreError
 */
export async function checkOutbox(database: Database): Promise<Problem[]> {
  if (!(await database.owners()).includes('relay')) return [];
  const lost = await database.read({ text: LOST, values: [] }, { operation: 'check' });
  const odd = await database.read({ text: ODD, values: [] }, { operation: 'check' });
  return [
    ...lost.map((row) => problemOf('unattached', row, PENDING)),
    ...odd.filter(isUnusable).map((row) => problemOf('unusable', row, RECORDED)),
  ];
}

function problemOf(
  kind: Problem['kind'],
  { sha256, account, endpoint, value }: Row,
  text: typeof PENDING,
): Problem {
  return {
    kind,
    ...(Buffer.isBuffer(sha256) && { sha256: sha256.toString('hex') }),
    detail: filled(text, { account: `${account}`, endpoint: `${endpoint}`, value: `${value}`.slice(0, 300) }),
  };
}

/** The most characters of a URL in a coupon (contract 1.4). */
const LONGEST = 256;

/** Only the addresses of a sandbox on this machine are without TLS. */
function isUnusable({ endpoint, value }: Row): boolean {
  const text = String(value);
  if (text === '' || text.length > LONGEST) return true;
  const isId = uploadEndpoints.find(({ name }) => name === endpoint)?.responseField === 'media_id';
  return !isId && !/^https:\/\/./.test(text) && !isLoopbackUrl(text);
}

const LOST = `select account, endpoint, sha256, value from relay_upload
  where value is null and refusal is null and not exists (select 1 from image where image.sha256 = relay_upload.sha256)`;
const ODD = `select account, endpoint, sha256, value from relay_upload
  where value is not null and (length(value) > ${LONGEST} or value not like 'https://_%')`;

const PENDING = { 'zh-CN': '{account} 待上传（{endpoint}）', en: 'pending for {account} at {endpoint}' };
const RECORDED = {
  'zh-CN': '{account} 的记录（{endpoint}）：{value}',
  en: 'recorded for {account} at {endpoint}: {value}',
};
