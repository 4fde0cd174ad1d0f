/**
 * What a program does with the packages, whichever way it has loaded them: a sandbox, its demo, an upload, a refusal, a picture that
 * is prepared by a process of its own.
 *
 * @param {{
 *   client: typeof import('@coupon-media/client'),
 *   prepare: typeof import('@coupon-media/prepare'),
 *   sandbox: typeof import('@coupon-media/sandbox'),
 * }} packages
 * @returns {Promise<string>} what came of each
 */
module.exports = async function scenario({ client, prepare, sandbox: { runDemo, startSandbox } }) {
  const { mkdtemp, rm } = require('node:fs/promises');
  const path = require('node:path');
  const folder = await mkdtemp(path.join(require('node:os').tmpdir(), 'coupon-media-runner-'));
  const sandbox = await startSandbox({ folder, port: 0 });
  const { credentials } = sandbox;
  const options = {
    baseUrl: credentials.baseUrl,
    mchid: credentials.mchid,
    certificateSerialNo: credentials.certificateSerialNo,
    privateKeyPath: credentials.privateKeyPath,
    wechatPayPublicKeys: [
      { id: credentials.wechatPayPublicKeyId, publicKeyPath: credentials.wechatPayPublicKeyPath },
    ],
  };
  const own = client.createClient(options);
  const strange = client.createClient({ ...options, mchid: '1900009999' });
  const told = [];
  try {
    let round = 0;
    for await (const _upload of runDemo(credentials)) round += 1;
    told.push(`demo ${round}`);
    const images = path.join(path.dirname(require.resolve('@coupon-media/sandbox')), '../images');
    const icon = await prepare.prepareImage(path.join(images, 'coupon.bmp'), { slot: 'icon' });
    told.push(`prepared ${icon.kind}`);
    const { imageUrl } = await own.uploadImage(icon.bytes, { filename: icon.filename });
    told.push(`uploaded ${(await fetch(imageUrl)).status}`);
    const refusal = await strange.uploadImage(icon.bytes, { filename: 'icon.png' }).catch((error) => error);
    told.push(
      `${refusal instanceof client.ApiError && refusal instanceof client.ClientError} ${refusal.code}`,
    );
    const broken = await prepare.prepareImage(Buffer.from('no picture')).catch((error) => error);
    told.push(`${broken instanceof prepare.PrepareError} ${broken.code}`);
  } finally {
    await Promise.all([own.close(), strange.close()]);
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return told.join(', ');
};
