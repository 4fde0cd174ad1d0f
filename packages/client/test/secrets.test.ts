import { inspect } from 'node:util';
import { type ClientOptions, createClient, OptionError } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { checkImage } from '../dist/upload.js';
import { makeCertificate } from './certificate.js';
import { merchant, optionsFor, PUBLIC_KEY_ID, platform, SERIAL_NO } from './service.js';

const base = optionsFor({ baseUrl: 'http://127.0.0.1:9' });
const certificate = makeCertificate(merchant, { serialNo: SERIAL_NO });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const der = (pem: string) => pem.replace(/-----.*-----|\n/g, '');

test.each([
  ['base64 of the PEM', base64],
  ['base64 of the PEM in lines', (pem: string) => base64(pem).replace(/.{76}/g, '$&\n')],
  ['base64 of the DER', der],
])('keys and certificates as %s are read', (_, of) => {
  const options: ClientOptions = {
    ...base,
    privateKey: of(merchant.privatePem),
    certificate: of(certificate),
    wechatPayPublicKeys: [{ id: PUBLIC_KEY_ID, publicKey: of(platform.publicPem) }],
    wechatPayCertificates: [of(makeCertificate(platform, { serialNo: 'AB'.repeat(20) }))],
  };
  expect(() => createClient(options)).not.toThrow();
});

/** The wrong option and its error. */
const mistakes: [what: string, options: (secret: string) => ClientOptions, option: string][] = [
  ['privateKeyPath', (secret) => ({ privateKey: undefined, privateKeyPath: secret }), 'privateKeyPath'],
  ['privateKey', (secret) => ({ privateKey: `"${secret}"` }), 'privateKey'],
  ['certificate', (secret) => ({ certificate: `${secret}` }), 'certificate'],
  ['mchid', (secret) => ({ mchid: secret }), 'mchid'],
  ['baseUrl', (secret) => ({ baseUrl: secret }), 'baseUrl'],
  ['certificateSerialNo', (secret) => ({ certificateSerialNo: secret }), 'certificateSerialNo'],
  ['apiV3Key', (secret) => ({ apiV3Key: secret }), 'apiV3Key'],
  ['proxy', (secret) => ({ proxy: secret }), 'proxy'],
  ['wechatPayCertificates', (secret) => ({ wechatPayCertificates: [secret] }), 'wechatPayCertificates[0]'],
  ['a public key id', (secret) => ({ wechatPayPublicKeys: [{ id: secret }] }), 'wechatPayPublicKeys[0].id'],
  [
    'publicKeyPath',
    (secret) => ({ wechatPayPublicKeys: [{ id: PUBLIC_KEY_ID, publicKeyPath: secret }] }),
    'wechatPayPublicKeys[0].publicKeyPath',
  ],
];

const secrets: [string, string][] = [
  ['a PEM text', merchant.privatePem],
  ['base64 of it', base64(merchant.privatePem)],
  ['base64 cut short', base64(merchant.privatePem).slice(0, 500)],
  ['a data URL', `data:;base64,${base64(merchant.privatePem)}`],
  ['a password', 'Secr3t@Tail/Rest9'],
  ['base64 of 32 bytes', 'Zk3/9aQx+T7b/Lm2Rt5vNw8pC1d/E4fG6hJ0sU+yVoI='],
];

for (const [form, secret] of secrets) {
  test.each(mistakes)(`${form} as %s is in no message, property or cause`, (_, options, option) => {
    const error = thrown(() => createClient({ ...base, ...options(secret) }));
    // Quotes around a PEM text do no harm.
    if (form === 'a PEM text' && option === 'privateKey') return expect(error).toBeUndefined();
    // A short word that does not look like a key is treated as a wrong id.
    if (form === 'a password' && /mchid|\.id$/.test(option)) return;
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option });
    const whole = inspect(error, { depth: 9 });
    expect(pieces(secret).filter((piece) => whole.includes(piece))).toEqual([]);
    expect(error?.message.length).toBeLessThan(500);
  });
}

test.each(['http://user:P@proxy:3128', 'user:P@proxy:3128', 'socks5://user:P@proxy'])(
  'a proxy %s whose password is not escaped is refused, and no part of it is shown',
  (form) => {
    for (const password of [
      'Secr3t@Tail',
      'Secr3t/Tail',
      'Secr3t#Tail',
      'Secr3t?Tail',
      'Secr3t%Tail',
      '12/Secr3t',
    ]) {
      const error = thrown(() => createClient({ ...base, proxy: form.replace('P', password) }));
      expect(error?.message).toMatch(/^proxy: .* are written %2F %3F %23 %40 %25/);
      expect(inspect(error)).not.toMatch(/Secr3t|Tail/);
    }
  },
);

test('an image named by a data URL of 2 MiB, or by a key, is described and not shown', async () => {
  for (const named of [`data:image/png;base64,${base64('x'.repeat(2_000_000))}`, merchant.privatePem]) {
    const error = await checkImage(named, { filename: 'a.png' }).catch((error: Error) => error);
    expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE' });
    expect(inspect(error, { depth: 9 }).length).toBeLessThan(2_000);
    expect(inspect(error, { depth: 9 })).not.toContain(named.slice(60, 90));
  }
});

function thrown(act: () => unknown): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Parts of a secret that would show it. */
function pieces(secret: string): string[] {
  const words = secret.split(/[^A-Za-z0-9]+/).filter((word) => word.length > 4);
  return words.map((word) => word.slice(-14)).filter((word) => !/^(PRIVATE|BEGIN|base64)$/.test(word));
}
