import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedRequest } from './exchange.js';
import { sha256, upload } from './upload.js';

/** The forms of the parser's tests, each in a signed upload, and the vectors, each in its place. */
export function vectorRequests(): RecordedRequest[] {
  return [...forms(), ...authorizations(), ...metas(), ...images(), ...published()];
}

const FORMS = 'packages/server/test/upload/corpus';

function forms(): RecordedRequest[] {
  return readdirSync(FORMS)
    .filter((file) => file.endsWith('.form'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.form'.length);
      const bytes = readFileSync(`${FORMS}/${file}`);
      const [line = '', contentType] = /^Content-Type: (.*?)\r\n/.exec(bytes.toString('latin1')) ?? [];
      const { parts } = read<{ parts: { name: string | null; content: string }[] }>(`${FORMS}/${name}.json`);
      const meta = parts.find((part) => part.name === 'meta')?.content ?? '';
      return upload(`form ${name}`, {
        headers: { 'Content-Type': contentType && Buffer.from(contentType, 'latin1').toString() },
        signed: Buffer.from(meta, 'latin1'),
        body: bytes.subarray(line.length + 2),
      });
    });
}

function authorizations(): RecordedRequest[] {
  const { valid, invalid } = read<Record<'valid' | 'invalid', { name: string; header: string }[]>>(
    'vectors/authorization.json',
  );
  return [...valid, ...invalid].map(({ name, header }) =>
    upload(`Authorization: ${name}`, { authorization: header }),
  );
}

/** Each declares its own digest, which is seldom that of the file. Mistakes in meta are found first. */
function metas(): RecordedRequest[] {
  const rows =
    read<{ name: string; meta?: string; meta_hex?: string; filename_limit: number }[]>('vectors/meta.json');
  return rows.map(({ name, meta, meta_hex = '', filename_limit }) =>
    upload(`meta: ${name}`, {
      ...(filename_limit < 150 && { target: '/v3/marketing/favor/media/image-upload' }),
      meta: meta ?? Buffer.from(meta_hex, 'hex'),
    }),
  );
}

function images(): RecordedRequest[] {
  const rows = read<{ name: string; base64: string }[]>('vectors/image-heads.json');
  return rows.map(({ name, base64 }) => {
    const file = Buffer.from(base64, 'base64');
    return upload(`image: ${name}`, { file, sha256: sha256(file) });
  });
}

/** As published: from a time long past, and of an unknown merchant. */
function published(): RecordedRequest[] {
  const [row] = read<Record<string, string>[]>('vectors/request-signatures.json');
  const { path: target = '', body = '', mchid, nonce, signature, timestamp, serial_no } = row ?? {};
  const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serial_no}"`;
  return [upload('the published upload', { target, meta: body, authorization })];
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'));
}
