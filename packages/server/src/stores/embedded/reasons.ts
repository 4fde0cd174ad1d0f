import type { Text } from '@coupon-media/apiv3';

/** @returns what an error of SQLite means to an operator; undefined for errors that are not in the table */
export function sqliteReason(error: unknown): Text | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS.find(([prefix]) => code.startsWith(prefix))?.[1];
}

/** By the beginnings of SQLite's codes: `SQLITE_READONLY_DIRECTORY` is one kind of `SQLITE_READONLY`. */
const REASONS: readonly (readonly [prefix: string, Text])[] = [
  ['SQLITE_FULL', { en: 'no space is left on the disk', 'zh-CN': '磁盘空间不足' }],
  [
    'SQLITE_CANTOPEN',
    {
      en: 'it, or a file that SQLite keeps beside it, cannot be opened; the file system is read-only, or this user may not write in the folder',
      'zh-CN': '该文件或 SQLite 放在旁边的文件无法打开；文件系统只读，或当前用户没有该目录的写权限',
    },
  ],
  [
    'SQLITE_READONLY',
    {
      en: 'it cannot be written; the file system is read-only, or this user may not write in the folder',
      'zh-CN': '无法写入；文件系统只读，或当前用户没有该目录的写权限',
    },
  ],
  ['SQLITE_BUSY', { en: 'another process keeps writing to it', 'zh-CN': '其他进程一直在写入' }],
  ['SQLITE_NOTADB', { en: 'it is not a database', 'zh-CN': '不是数据库文件' }],
];
