import type { Database, Statement } from '@coupon-media/server/engine';
import { createImageRecords, type ImageRecord, type ImageRecords, type ImageTable } from './records.js';

/** The record of a mount that has none of its own. */
export interface OwnImageRecords extends ImageRecords {
  /** An image that got a value again, because the first was forgotten, is the newest once more. */
  record(image: ImageRecord): Promise<void>;
}

/** @param database with the tables of the door */
export function createOwnImageRecords(database: Database): OwnImageRecords {
  return {
    ...createImageRecords(database, TABLE),
    async record(image) {
      await database.write(recording(image));
    },
  };
}

const TABLE: ImageTable = { name: 'door_image', id: 'seq', digest: 'hex', filename: 'filename' };

function recording(image: ImageRecord): readonly Statement[] {
  const { account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes } = image;
  const { value, upstreamRequestId, caller, at } = image;
  return [
    {
      text: 'delete from door_image where account = ? and endpoint = ? and sha256 = ?',
      values: [account, endpoint, sha256],
    },
    {
      text: `insert into door_image (account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes, value,
        upstream_request_id, caller, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      values: [
        ...[account, endpoint, sha256, filename, kind, bytes, width ?? 0, height ?? 0, slot ?? null],
        ...[JSON.stringify(changes), value, upstreamRequestId ?? null, caller, at],
      ],
    },
  ];
}
