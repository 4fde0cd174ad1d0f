import { type ImageInfo, inspectImage } from '@coupon-media/apiv3';
import { ApiError, type ClientOptions, createClient, type UploadResult } from '@coupon-media/client';
import { type PreparedImage, PrepareError, prepareImage } from '@coupon-media/prepare';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { settingsHelp } from '@coupon-media/server/settings';

/** What compilers have to find the types of. */
export async function upload(options: ClientOptions, file: string): Promise<string | undefined> {
  const client = createClient(options);
  try {
    const icon: PreparedImage = await prepareImage(file, { slot: 'icon' });
    const { imageUrl }: UploadResult = await client.uploadImage(icon.bytes, { filename: icon.filename });
    return imageUrl;
  } catch (error) {
    if (error instanceof PrepareError) return error.explain('zh-CN').remedy;
    if (error instanceof ApiError) return `${error.code} ${error.status}`;
    throw error;
  } finally {
    await client.close();
  }
}

export async function inspected(bytes: Buffer): Promise<[ReturnType<typeof inspectImage>, string]> {
  const sandbox: Sandbox = await startSandbox({ folder: 'sandbox' });
  await sandbox.stop();
  return [inspectImage(bytes), settingsHelp('en')];
}

export type Info = ImageInfo;

// @ts-expect-error A number is no file: the types are the packages' own, and no `any`.
export const wrong: Promise<PreparedImage> = prepareImage(1);
