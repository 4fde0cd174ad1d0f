import {
  canonicalKeyId,
  isKeyPair,
  KeyFormatError,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  publicKeyOf,
} from '@coupon-media/apiv3';
import { pemOf } from '../profile/keys.js';
import type { GivenSetting } from '../profile/settings.js';
import { CommandError, describeFailure } from '../shell/failure.js';
import { type Check, type CheckContext, type CheckResult, ok, skipped, wrong } from './check.js';

/** Checks of the merchant's own key and certificate, and of the keys that verify responses. They send nothing. */
export const keyChecks: readonly Check[] = [
  { name: 'settings', title: 'doctor.settings', isConfiguration: true, run: checkSettings },
  { name: 'privateKey', title: 'doctor.privateKey', isConfiguration: true, run: checkPrivateKey },
  { name: 'certificate', title: 'doctor.certificate', isConfiguration: true, run: checkCertificate },
  { name: 'serial', title: 'doctor.serial', isConfiguration: true, run: checkSerial },
  { name: 'publicKeyId', title: 'doctor.publicKeyId', isConfiguration: true, run: checkPublicKeyId },
  { name: 'publicKey', title: 'doctor.publicKey', isConfiguration: true, run: checkPublicKey },
];

function checkSettings({ profile, say }: CheckContext): CheckResult {
  const { values, file, unknownKeys } = profile;
  const who = values.mchid ?? values.brandId;
  if (!who) return wrong(say('doctor.noCaller'), say('doctor.noCaller.remedy'));
  if (values.mchid && values.brandId) return wrong(say('doctor.twoCallers'), say('doctor.twoCallers.remedy'));
  const from = file ?? say('doctor.noFile');
  const text = say('doctor.settings.ok', { who: who.value, from });
  if (unknownKeys.length === 0) return ok(text);
  return ok(`${text} · ${say('doctor.unknownKeys', { keys: unknownKeys.join(', ') })}`);
}

function checkPrivateKey(context: CheckContext): CheckResult {
  const { profile, say } = context;
  const given = profile.values.privateKey;
  if (!given) return wrong(say('doctor.missing'), say('doctor.privateKey.remedy'));
  return reading(given, context, say('doctor.privateKey.remedy'), (pem) => {
    context.privateKey = loadPrivateKey(pem);
    const bits = context.privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
    return ok(say('doctor.privateKey.ok', { bits }));
  });
}

function checkCertificate(context: CheckContext): CheckResult {
  const { profile, say, now } = context;
  const given = profile.values.certificate;
  const remedy = say('doctor.certificate.remedy');
  if (!given) return skipped(say('doctor.certificate.missing'), remedy);
  return reading(given, context, remedy, (pem) => {
    const certificate = loadCertificate(pem);
    const { commonName = '', serialNo, publicKey, notBefore, notAfter } = certificate;
    if (isPlatforms(context, serialNo, commonName))
      return wrong(say('doctor.certificate.platform', { serialNo }), remedy);
    context.certificate = certificate;
    if (context.privateKey && !isKeyPair(context.privateKey, publicKey))
      return wrong(say('doctor.certificate.notPair'), say('doctor.certificate.notPair.remedy'));
    const owner = profile.values.mchid?.value;
    if (owner !== undefined && /^\d{8,}$/.test(commonName) && commonName !== owner)
      return wrong(say('doctor.certificate.anothers', { commonName, owner }), remedy);
    if (now() < notBefore || now() >= notAfter)
      return wrong(
        say('doctor.certificate.expired', { from: day(notBefore), to: day(notAfter) }),
        say('doctor.certificate.expired.remedy'),
      );
    return ok(say('doctor.certificate.ok', { to: day(notAfter) }));
  });
}

/** Merchants often give the platform's certificate, which they also have, in place of their own. */
function isPlatforms(context: CheckContext, serialNo: string, commonName: string): boolean {
  const { profile } = context;
  const given = profile.values.platformCertificate;
  const platform = given && tried(given, context, (pem) => loadCertificate(pem).serialNo);
  return platform === serialNo || /tenpay|wechat/i.test(commonName);
}

function checkSerial(context: CheckContext): CheckResult {
  const { profile, say, certificate } = context;
  const given = profile.values.certificateSerialNo?.value;
  const remedy = say('doctor.serial.remedy');
  if (given === undefined)
    return certificate
      ? ok(say('doctor.serial.read', { serialNo: certificate.serialNo }))
      : wrong(say('doctor.missing'), remedy);
  const platform = profile.values.platformCertificate;
  const platformSerial = platform && tried(platform, context, (pem) => loadCertificate(pem).serialNo);
  if (
    /^PUB_KEY_ID_/i.test(given) ||
    (platformSerial && canonicalKeyId(given) === canonicalKeyId(platformSerial))
  )
    return wrong(say('doctor.serial.platform', { given }), remedy);
  if (/^\d{41,50}$/.test(given))
    return wrong(say('doctor.serial.decimal', { hex: BigInt(given).toString(16).toUpperCase() }), remedy);
  if (!/^[0-9a-f]{8,40}$/i.test(given)) return wrong(say('doctor.serial.form', { given }), remedy);
  if (certificate && canonicalKeyId(given) !== canonicalKeyId(certificate.serialNo))
    return wrong(say('doctor.serial.another', { given, serialNo: certificate.serialNo }), remedy);
  return certificate
    ? ok(given.toUpperCase())
    : ok(`${given.toUpperCase()} · ${say('doctor.serial.unproven')}`);
}

function checkPublicKeyId({ profile, say }: CheckContext): CheckResult {
  const { wechatPayPublicKeyId: id, platformCertificate, apiV3Key } = profile.values;
  const remedy = say('doctor.publicKeyId.remedy');
  if (!id)
    return platformCertificate || apiV3Key
      ? skipped(say('doctor.publicKeyId.certificateMode'))
      : wrong(say('doctor.missing'), remedy);
  if (/^PUB_KEY_ID_[0-9A-Za-z]+$/.test(id.value)) return ok(id.value);
  return wrong(say('doctor.publicKeyId.form', { given: id.value }), remedy);
}

function checkPublicKey(context: CheckContext): CheckResult {
  const { profile, say } = context;
  const { wechatPayPublicKey, platformCertificate } = profile.values;
  const remedy = say('doctor.publicKey.remedy');
  if (platformCertificate) {
    const platform = tried(platformCertificate, context, loadCertificate);
    if (platform) context.platformCertificate = platform;
  }
  if (!wechatPayPublicKey) {
    if (!platformCertificate)
      return profile.values.apiV3Key
        ? skipped(say('doctor.publicKey.none'))
        : wrong(say('doctor.missing'), remedy);
    return reading(platformCertificate, context, remedy, (pem) =>
      ok(say('doctor.publicKey.certificate', { serialNo: loadCertificate(pem).serialNo })),
    );
  }
  return reading(wechatPayPublicKey, context, remedy, (pem) => {
    const key = loadPublicKey(pem);
    if (context.privateKey && key.equals(publicKeyOf(context.privateKey)))
      return wrong(say('doctor.publicKey.own'), remedy);
    context.publicKey = key;
    return ok(say('doctor.publicKey.ok'));
  });
}

/** Reads the file of a key, or reports why that failed. */
function reading(
  given: GivenSetting,
  context: CheckContext,
  remedy: string,
  use: (pem: string) => CheckResult,
): CheckResult {
  try {
    return use(pemOf(given));
  } catch (error) {
    const { say } = context;
    const why = describeFailure(error, context);
    const what = error instanceof KeyFormatError ? say('doctor.notThatKey', { why }) : why;
    const isReadable = given.isPath && !(error instanceof CommandError);
    return wrong(isReadable ? `${given.value}: ${what}` : what, remedy);
  }
}

function tried<T>(given: GivenSetting, context: CheckContext, use: (pem: string) => T): T | undefined {
  let result: T | undefined;
  reading(given, context, '', (pem) => {
    result = use(pem);
    return ok('');
  });
  return result;
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
