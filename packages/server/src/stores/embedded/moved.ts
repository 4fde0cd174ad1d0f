import { writeFile } from 'node:fs/promises';
import { type Language, type Text, VERSION } from '@coupon-media/apiv3';
import { type Folder, FolderError, readIfThere } from './folder.js';

/**
 * Marks a folder whose content another store has taken over. No service serves it afterwards: its uploads would be missing
 * where the merchants look for them.
 *
 * @param to a description of the other store without passwords
 * @returns the path of the mark
 */
export async function markMoved(folder: Folder, to: Text, at: Date): Promise<string> {
  const mark = { movedTo: to, at: at.toISOString(), version: VERSION };
  await writeFile(folder.moved, `${JSON.stringify(mark, null, 2)}\n`, { mode: 0o600 });
  return folder.moved;
}

/** @throws FolderError with what to do, if the folder was moved */
export async function refuseIfMoved(folder: Folder): Promise<void> {
  const text = await readIfThere(folder.moved);
  if (text === undefined) return;
  const { at, movedTo } = readMark(text);
  throw new FolderError({
    en: `${folder.path} was moved to ${movedTo.en} (${at}), which takes the uploads now. To use this folder again all the same, remove ${folder.moved}; what it takes from then on is not there`,
    'zh-CN': `${folder.path} 已迁移到${movedTo['zh-CN']}（${at}），上传应由后者接收。如果确实要重新使用该目录，请删除 ${folder.moved}；此后该目录收到的上传不在新的存储中`,
  });
}

/** A mark that people have edited still says that the folder was moved. */
function readMark(text: string): { at: string; movedTo: Text } {
  try {
    const { at, movedTo } = JSON.parse(text) as { at?: string; movedTo?: Partial<Record<Language, string>> };
    return { at: at ?? '?', movedTo: { ...ANOTHER, ...movedTo } };
  } catch {
    return { at: '?', movedTo: ANOTHER };
  }
}

const ANOTHER: Text = { en: 'another store', 'zh-CN': '另一个存储' };
