import { sign } from 'node:crypto';
import type { KeyPair } from './service.js';

/** The properties of a test certificate. */
export interface CertificateWish {
  /** 40 hex digits, the first below 8. */
  serialNo: string;
  /** Default: a year ago to a year ahead. */
  notBefore?: Date;
  notAfter?: Date;
}

const YEAR = 365 * 86_400_000;

/** A self-signed X.509 certificate in PEM, with the fields that the protocol reads (RFC 5280). */
export function makeCertificate({ privateKey, publicKey }: KeyPair, wish: CertificateWish): string {
  const { serialNo, notBefore = new Date(Date.now() - YEAR), notAfter = new Date(Date.now() + YEAR) } = wish;
  const name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from('Tenpay.com Test')))));
  const unsigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from(serialNo, 'hex')),
    SHA256_RSA,
    name,
    der(0x30, time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('RSA-SHA256', unsigned, privateKey)]);
  const text = der(0x30, unsigned, SHA256_RSA, der(0x03, signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SHA256_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthBytes =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return der(0x18, Buffer.from(digits, 'latin1'));
}
