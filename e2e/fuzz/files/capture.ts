import { readFileSync } from 'node:fs';
import { loadPrivateKey } from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import { evidenceIn } from '#cli/capture/evidence.js';
import { readCaptures } from '#cli/capture/files.js';
import { FAULT_TEXTS, verifyCapture } from '#cli/capture/verify.js';
import type { ProfileKeys } from '#cli/profile/keys.js';
import type { Profile } from '#cli/profile/profile.js';
import { printFindings } from '#cli/report/findings.js';
import { messageLines } from '#cli/terminal/style.js';
import { CANARY_PEM, CANARY_SETTINGS, holdsSecret } from './canary.js';
import { written } from './folder.js';
import { readOrRefused } from './refusals.js';
import { shells } from './screens.js';
import type { Target } from './target.js';

const NO_PROFILE: Profile = {
  values: {},
  file: undefined,
  isSandboxFallback: false,
  unknownKeys: [],
  nextCertificates: [],
};
const KEYS: ProfileKeys = {
  privateKey: loadPrivateKey(readFileSync('vectors/published-merchant-test-key.pem', 'utf8')),
  problems: [],
};

export const capture: Target = {
  name: 'capture',
  words: [
    ...[
      'POST /v3/x HTTP/1.1\r\n',
      '> POST /v3/x HTTP/1.1\n',
      '< HTTP/1.1 401 Unauthorized\n',
      'HTTP/1.1 401 Unauthorized\r\n',
    ],
    'Authorization: WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="0123456789abcdef",signature="AAAA",timestamp="1700000000",serial_no="0123456789ABCDEF"\r\n',
    ...[
      'mchid="',
      'nonce_str="',
      'signature="',
      'timestamp="',
      'serial_no="',
      '",',
      '"',
      'WECHATPAY-BRAND-SHA256-RSA2048 ',
    ],
    ...[
      'Content-Type: multipart/form-data; boundary=a\r\n',
      'Content-Length: ',
      'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n',
    ],
    ...[
      '--a\r\n',
      '--a--\r\n',
      'Content-Disposition: form-data; name="meta"\r\n\r\n',
      '{"filename":"a.png","sha256":"00"}',
    ],
    ...[
      'Wechatpay-Signature: ',
      'Wechatpay-Timestamp: ',
      'Wechatpay-Nonce: ',
      'Wechatpay-Serial: ',
      '\r\n\r\n',
      '\n\n',
    ],
    '{"code":"SIGN_ERROR","detail":{"sign_information":{"method":"POST","url":"/v3/x","truncated_sign_message":"POST\\n/v3/x\\n","sign_message_length":99}}}',
    ...[
      '"truncated_sign_message":',
      '"sign_message_length":',
      '"sign_information":',
      'null',
      '-1',
      '1e999',
      '[]',
      '{',
    ],
    ...[CANARY_PEM, ...CANARY_SETTINGS, '\x1b[2J', '\u009b', '\u202e', '99999999999999999999'],
  ],
  async read(bytes) {
    const file = written('capture', bytes);
    const read = await readOrRefused(() => readCaptures([file]));
    if (!read) return;
    const evidence = { ...evidenceIn(read), privateKey: KEYS.privateKey };
    const findings = explain(evidence);
    const verified = await readOrRefused(() =>
      verifyCapture(read, NO_PROFILE, KEYS, { body: undefined, now: undefined }),
    );
    for (const shell of shells) {
      const { out, say, look } = shell;
      printFindings(findings, { evidence, profile: NO_PROFILE, keys: KEYS, json: undefined }, shell);
      printFindings(findings, { evidence, profile: NO_PROFILE, keys: KEYS, json: true }, shell);
      if (verified) {
        out.lines(...messageLines(verified.message, out.style));
        if (verified.fault) out.lines(say(FAULT_TEXTS[verified.fault], { serial: verified.key }));
      }
      look(holdsSecret(bytes));
    }
  },
};
