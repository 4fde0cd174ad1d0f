import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openClusterDatabase } from '@coupon-media/cluster';
import { createDoor, createOwnImageRecords, type DoorOptions } from '@coupon-media/door';
import {
  createService,
  generatePublicKeyPair,
  isCluster,
  openEmbeddedEngines,
  readConfig,
} from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import { onTestFinished } from 'vitest';
import { clusterEnvironment, type Places } from '../migrate/places.js';
import { temporaryFolder } from './sandbox.js';

const log = { info() {}, warn() {}, error() {} };

/** Opens the database of the nodes; `own` is that of their folder. */
export type OpenDatabase = (own: Database) => Promise<Database>;

/**
 * Starts doors that have one database and one store of images; they end with the test.
 *
 * @param options of each node. Default: two, which send nothing
 */
export async function twoDoors(
  openDatabase: OpenDatabase,
  options: readonly Partial<DoorOptions>[] = [{}, {}],
) {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const engines = await openEmbeddedEngines({ data: folder }, Date.now, log);
  onTestFinished(() => engines.close());
  await engines.merchants.addPlatformKey(await generatePublicKeyPair(Math.floor(Date.now() / 1000)));
  const database = await openDatabase(engines.database);
  const nodes = await Promise.all(
    options.map(async (own) => {
      const { images, quota } = engines;
      const publisher = {
        publish: () => Promise.reject(new Error('nothing is sent')),
        known: async () => undefined,
      };
      const door = await createDoor({
        ...{ images, quota, database, publisher, log },
        records: createOwnImageRecords(database),
        thumbnails: { folder: path.join(folder, 'thumbnails') },
        accounts: { endpoints: () => ['product-coupon'] },
        ...own,
      });
      const settings = readConfig({ quotaPerSecond: 0 }, {});
      const service = await createService({ engines, settings, log, routes: [...door.routes] });
      const { port } = await service.listen({ host: '127.0.0.1', port: 0 });
      onTestFinished(async () => {
        await door.close();
        await service.close();
      });
      return `http://127.0.0.1:${port}`;
    }),
  );
  return { nodes, database };
}

/** @param places what `useEngines('postgres', 's3', 'redis')` returned */
export function postgresOf(places: Places): OpenDatabase {
  return async () => {
    Object.assign(process.env, clusterEnvironment(places));
    const config = readConfig({});
    if (!isCluster(config)) throw new Error('the settings name no cluster');
    const database = await openClusterDatabase(config);
    onTestFinished(() => database.close());
    return database;
  };
}
