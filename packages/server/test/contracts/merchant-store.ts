import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  MerchantCertificate,
  MerchantProfile,
  MerchantStore,
  PlatformKeyRecord,
} from '../../dist/stores/index.js';
import type { Fixture, OpenMerchants } from './samples.js';

/** What every engine must do. `reopen` opens a second view beside the first, as another process would. */
export function merchantStoreContract(name: string, open: OpenMerchants): void {
  describe(`${name} obeys the contract of MerchantStore`, () => {
    let fixture: Fixture<MerchantStore>;
    let store: MerchantStore;

    beforeEach(async () => {
      fixture = await open();
      store = fixture.store;
    });
    afterEach(() => fixture.end());

    const plain: MerchantProfile = {
      id: '1900000001',
      scheme: 'merchant',
      apiV3Key: '0123456789abcdef0123456789abcdef',
      enabled: true,
      productCoupon: true,
    };
    const full: MerchantProfile = {
      id: '40012345',
      scheme: 'brand',
      apiV3Key: 'fedcba9876543210fedcba9876543210',
      enabled: false,
      productCoupon: false,
      quota: 2.5,
      defaultPlatformKeyId: 'PUB_KEY_ID_0119000000012025080400000000000000',
    };
    const certificate = (serialNo: string): MerchantCertificate => ({
      serialNo,
      pem: `-----BEGIN CERTIFICATE-----\n${serialNo}\n-----END CERTIFICATE-----\n`,
      notBefore: 1_700_000_000,
      notAfter: 1_900_000_000,
    });
    const platformKey = (id: string): PlatformKeyRecord => ({
      id,
      kind: 'public-key',
      privateKeyPem: `private ${id}`,
      publicPem: `public ${id}`,
    });

    describe('merchants', () => {
      test('do not exist at first', async () => {
        expect(await store.merchants()).toEqual([]);
        expect(await store.merchant('1900000001')).toBeUndefined();
      });

      test('are stored as they were saved, and listed by id', async () => {
        await store.saveMerchant(full);
        await store.saveMerchant(plain);
        expect(await store.merchants()).toEqual([
          { ...plain, certificates: [] },
          { ...full, certificates: [] },
        ]);
        expect(await store.merchant(full.id)).toEqual({ ...full, certificates: [] });
      });

      test('can change in everything except their certificates', async () => {
        await store.saveMerchant({ ...full, id: plain.id });
        await store.addCertificate(plain.id, certificate('AB01'));
        await store.saveMerchant(plain);
        expect(await store.merchants()).toEqual([{ ...plain, certificates: [certificate('AB01')] }]);
      });
    });

    describe('certificates', () => {
      beforeEach(() => store.saveMerchant(plain));

      test('are listed with their merchant, oldest first', async () => {
        await store.saveMerchant(full);
        for (const serialNo of ['FF01', 'AA02', 'BB03'])
          await store.addCertificate(plain.id, certificate(serialNo));
        await store.addCertificate(full.id, certificate('AA02'));
        expect(await store.merchants()).toEqual([
          { ...plain, certificates: ['FF01', 'AA02', 'BB03'].map(certificate) },
          { ...full, certificates: [certificate('AA02')] },
        ]);
      });

      test('are revoked once', async () => {
        await store.addCertificate(plain.id, certificate('AA02'));
        expect(await store.revokeCertificate(plain.id, 'AA02', 1_750_000_000)).toBe(true);
        expect(await store.revokeCertificate(plain.id, 'AA02', 1_760_000_000)).toBe(true);
        expect(await store.revokeCertificate(plain.id, 'FFFF', 1_750_000_000)).toBe(false);
        expect((await store.merchant(plain.id))?.certificates).toEqual([
          { ...certificate('AA02'), revokedAt: 1_750_000_000 },
        ]);
      });

      test('are refused if the merchant does not exist or already has them', async () => {
        await expect(store.addCertificate('1900000009', certificate('AA02'))).rejects.toThrow();
        await store.addCertificate(plain.id, certificate('AA02'));
        await expect(store.addCertificate(plain.id, certificate('AA02'))).rejects.toThrow();
        expect((await store.merchant(plain.id))?.certificates).toHaveLength(1);
      });
    });

    describe('platform keys', () => {
      const certified: PlatformKeyRecord = {
        ...platformKey('5157F09EFDC096DE15EBE81A47057A7200000001'),
        kind: 'certificate',
        notBefore: 1_700_000_000,
        notAfter: 1_900_000_000,
      };

      test('are listed in the order they were added', async () => {
        await store.addPlatformKey(platformKey('PUB_KEY_ID_2'));
        await store.addPlatformKey(certified);
        await store.addPlatformKey(platformKey('PUB_KEY_ID_1'));
        expect(await store.platformKeys()).toEqual([
          platformKey('PUB_KEY_ID_2'),
          certified,
          platformKey('PUB_KEY_ID_1'),
        ]);
        await expect(store.addPlatformKey(certified)).rejects.toThrow();
      });

      test('are retired once', async () => {
        await store.addPlatformKey(certified);
        expect(await store.retirePlatformKey(certified.id, 1_750_000_000)).toBe(true);
        expect(await store.retirePlatformKey(certified.id, 1_760_000_000)).toBe(true);
        expect(await store.retirePlatformKey('PUB_KEY_ID_9', 1_750_000_000)).toBe(false);
        expect(await store.platformKeys()).toEqual([{ ...certified, retiredAt: 1_750_000_000 }]);
      });
    });

    test('the times at which platform keys signed are recorded, and the latest stands', async () => {
      expect(await store.platformKeyUses()).toEqual(new Map());
      await store.recordPlatformKeyUses(new Map());
      const before = store.version();
      await store.recordPlatformKeyUses(new Map([['PUB_KEY_ID_1', 1_750_000_000]]));
      const other = await fixture.reopen();
      await other.recordPlatformKeyUses(
        new Map([
          ['PUB_KEY_ID_1', 1_740_000_000],
          ['PUB_KEY_ID_2', 1_760_000_000],
        ]),
      );
      expect(await store.platformKeyUses()).toEqual(
        new Map([
          ['PUB_KEY_ID_1', 1_750_000_000],
          ['PUB_KEY_ID_2', 1_760_000_000],
        ]),
      );
      // It is no change that the nodes would have to read.
      expect(store.version()).toBe(before);
    });

    test('the first of several processes fixes a setting', async () => {
      const other = await fixture.reopen();
      expect(await other.keepSetting('public-url', 'https://one.example')).toBe('https://one.example');
      expect(await store.keepSetting('public-url', 'https://two.example')).toBe('https://one.example');
      expect(await store.setting('public-url')).toBe('https://one.example');
    });

    test('settings are kept', async () => {
      expect(await store.setting('public-url')).toBeUndefined();
      await store.saveSetting('public-url', 'https://one.example');
      await store.saveSetting('public-url', 'https://two.example');
      await store.saveSetting('port', '8787');
      expect(await store.setting('public-url')).toBe('https://two.example');
      expect(await store.setting('port')).toBe('8787');
    });

    test('the version grows with every change, and with nothing else', async () => {
      const changes: (() => Promise<unknown>)[] = [
        () => store.saveMerchant(plain),
        () => store.addCertificate(plain.id, certificate('AA02')),
        () => store.revokeCertificate(plain.id, 'AA02', 1),
        () => store.addPlatformKey(platformKey('PUB_KEY_ID_1')),
        () => store.retirePlatformKey('PUB_KEY_ID_1', 1),
        () => store.saveSetting('name', 'value'),
        () => store.keepSetting('another', 'value'),
      ];
      for (const change of changes) {
        const before = store.version();
        await store.merchants();
        expect(store.version()).toBe(before);
        await change();
        expect(store.version()).toBeGreaterThan(before);
      }
    });

    test('what one process saves is visible to another', async () => {
      const other = await fixture.reopen();
      const before = store.version();
      await other.saveMerchant(full);
      await other.addCertificate(full.id, certificate('AA02'));
      await expect.poll(() => store.version(), { timeout: 5000 }).toBeGreaterThan(before);
      expect(await store.merchants()).toEqual([{ ...full, certificates: [certificate('AA02')] }]);
      await store.saveMerchant({ ...full, enabled: true });
      await expect.poll(() => other.version(), { timeout: 5000 }).toBe(store.version());
      expect(await other.merchant(full.id)).toMatchObject({ enabled: true });
    });
  });
}
