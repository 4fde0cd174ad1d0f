import type { Engines } from './engines/index.js';
import type { ServiceLog } from './observe/log.js';
import { isCluster, type ServiceConfig } from './settings/config.js';
import { describedStore } from './settings/redacted.js';
import { StartError } from './start-error.js';
import { type Publish, publishUnder } from './upload/publish.js';

/** The name of the setting under which the store keeps its public URL. */
export const PUBLIC_URL_SETTING = 'public_url';

/** The beginning of a service's image URLs. */
export interface PublicUrl {
  /** @returns undefined until the address on which the service listens decides it */
  current(): string | undefined;
  /** Sets it to the address on which the service listens, unless it is known. */
  decide(address: string): void;
  /** Gives an image its URL. The first image fixes the beginning for all later ones. */
  readonly publish: Publish;
}

/**
 * Chooses the public URL. It belongs to the data: it begins every URL already given, and those are permanent (contract
 * 6.4). The first stored image fixes it. Until then a configured one replaces an earlier one, and an address is not kept.
 *
 * @throws StartError if the configuration contradicts the images, or a new cluster has none
 */
export async function choosePublicUrl(
  { merchants, images }: Pick<Engines, 'merchants' | 'images'>,
  config: ServiceConfig,
  log: Pick<ServiceLog, 'warn'>,
): Promise<PublicUrl> {
  const { publicUrl: configured } = config;
  const kept = await merchants.setting(PUBLIC_URL_SETTING);
  // Only a contradiction asks for images, since a list of them loads kysely: 262 modules that no start needs otherwise.
  if (kept !== undefined && configured !== undefined && kept !== configured) {
    if ((await images.uploads({ limit: 1 })).uploads.length > 0) throw differs(kept, configured, config);
  }
  if (kept === undefined && configured === undefined && isCluster(config)) throw missing();
  // A service that was killed on a full disk must be able to start, so what is known is not written again.
  if (configured !== undefined && kept !== configured)
    await merchants.saveSetting(PUBLIC_URL_SETTING, configured);

  let current = configured ?? kept;
  let fixing: Promise<void> | undefined;

  /** Another node may have fixed another one since this node started. Then this node takes it over. */
  async function fix(): Promise<void> {
    const mine = current ?? '';
    // What is kept already is read, which takes no write and no kysely.
    const fixed =
      (await merchants.setting(PUBLIC_URL_SETTING)) ??
      (await merchants.keepSetting(PUBLIC_URL_SETTING, mine));
    if (fixed !== mine)
      log.warn({ publicUrl: fixed, instead: mine }, 'image URLs begin as those of the first image');
    current = fixed;
  }

  const publish = publishUnder(() => current ?? '');
  return {
    current: () => current,
    decide(address) {
      current ??= address;
    },
    async publish(image) {
      fixing ??= fix().catch((error: unknown) => {
        fixing = undefined;
        throw error;
      });
      await fixing;
      return publish(image);
    },
  };
}

function differs(kept: string, configured: string, config: ServiceConfig): StartError {
  return new StartError('PUBLIC_URL_DIFFERS', {
    en: `the images of ${describedStore(config)} have URLs that begin with ${kept}, and URLs are permanent; omit --public-url, or use another store for ${configured}`,
    'zh-CN': `图片 URL 已按 ${kept} 发出，永久有效，不能改变（${describedStore(config, 'zh-CN')}）；请去掉 --public-url，或为 ${configured} 另建一个存储`,
  });
}

function missing(): StartError {
  return new StartError('PUBLIC_URL_MISSING', {
    en: 'images are not requested from the nodes of a cluster: set the beginning of image URLs with --public-url or COUPON_MEDIA_PUBLIC_URL; it is stored, so this is needed only once',
    'zh-CN':
      '集群的节点地址不是图片的访问地址：请用 --public-url 或 COUPON_MEDIA_PUBLIC_URL 指定图片 URL 的前缀；设置一次即可，会保存下来',
  });
}
