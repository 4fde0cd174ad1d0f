import * as client from '@coupon-media/client';
import * as prepare from '@coupon-media/prepare';
import * as sandboxPackage from '@coupon-media/sandbox';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';

// As Nest's starter has it: a service that is given what it needs, and its specification.
class PictureService {
  constructor(private readonly uploads: client.Client) {}

  async urlOf(file: string): Promise<string> {
    return (await this.uploads.uploadImage(file)).imageUrl;
  }
}

describe('PictureService', () => {
  let sandbox: Sandbox;
  let uploads: client.Client;
  beforeAll(async () => {
    sandbox = await startSandbox({ folder: `${__dirname}/sandbox-${process.pid}`, port: 0 });
    const { baseUrl, mchid, certificateSerialNo, privateKeyPath } = sandbox.credentials;
    const { wechatPayPublicKeyId: id, wechatPayPublicKeyPath: publicKeyPath } = sandbox.credentials;
    uploads = client.createClient({
      baseUrl,
      mchid,
      certificateSerialNo,
      privateKeyPath,
      wechatPayPublicKeys: [{ id, publicKeyPath }],
    });
  });
  afterAll(async () => {
    await uploads.close();
    await sandbox.stop();
  });

  it('uploads a picture to the sandbox', async () => {
    const images = require.resolve('@coupon-media/sandbox').replace(/cjs.index\.js$/, 'images');
    const url = await new PictureService(uploads).urlOf(`${images}/coupon.png`);
    expect(url).toMatch(/\/images\/[0-9a-f]{64}\.png$/);
    expect((await fetch(url)).status).toBe(200);
  });

  it('does all that other programs do', async () => {
    const scenario = require('./scenario.js');
    expect(await scenario({ client, prepare, sandbox: sandboxPackage })).toBe(process.env.EXPECTED);
  });
});
