import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Command } from './machine.js';
import { attach } from './strace.js';

const run = promisify(execFile);

/** The target of a fault. */
export interface Target {
  readonly folder: string;
  /** The process of the service. */
  readonly pid: number;
}

/** Something below the store that fails and recovers. */
export interface Fault {
  readonly title: string;
  /** The command that causes it. */
  readonly command: Command;
  /** Bytes of a separate file system, if the fault is that it fills up. */
  readonly tmpfs?: number;
  /** The statuses for an image that the database holds and for one in a file. */
  readonly small: 200 | 500;
  readonly large: 200 | 500;
  /** Whether /readyz returns 503 meanwhile. */
  readonly unready: boolean;
  /** Which earlier images cannot be read meanwhile. Default: none. */
  readonly unserved?: 'large';
  /** @returns a function that ends the fault */
  strike(target: Target): Promise<() => Promise<void>>;
}

const MIB = 1024 * 1024;

/** More large images than a test sends. */
const INCOMING = 200;

/**
 * An image in the database is safe if its response is a 200, because the files of the database were open before the
 * fault.
 */
export const faults: readonly Fault[] = [
  {
    title: 'no space left, not a byte',
    command: 'mount',
    tmpfs: 64 * MIB,
    small: 500,
    large: 500,
    unready: true,
    strike: ({ folder }) => fillDisk(folder, 0),
  },
  {
    title: 'space for a small image and half of a large one',
    command: 'mount',
    tmpfs: 64 * MIB,
    small: 200,
    large: 500,
    // The store requires 4 MiB.
    unready: true,
    strike: ({ folder }) => fillDisk(folder, 512 * 1024),
  },
  {
    title: 'the folder is mounted read-only',
    command: 'mount',
    small: 200,
    large: 500,
    unready: true,
    // The folder is mounted over itself, because the kernel refuses to make a mount read-only while one of its files is
    // open for writing.
    async strike({ folder }) {
      const aside = `${folder}-read-only`;
      await mkdir(aside, { recursive: true });
      await run('mount', ['--bind', folder, aside]);
      await run('mount', ['-o', 'remount,bind,ro', aside]);
      await run('mount', ['--bind', aside, folder]);
      return async () => {
        for (const place of [folder, aside]) await run('umount', ['--lazy', place]);
      };
    },
  },
  {
    title: 'nothing in the folder may be written, open files neither',
    command: 'chattr',
    small: 500,
    large: 500,
    unready: true,
    // All files become immutable except SQLite's shared memory. Writing to an immutable mapped file ends the process
    // (SIGBUS), whereas such writes still work when ext4 turns read-only after a disk error.
    async strike({ folder }) {
      const named = ['-o', '-name', 'store.db', '-o', '-name', 'store.db-wal'];
      const change = (how: string) =>
        run('find', [folder, '(', '-type', 'd', ...named, ')', '-exec', 'chattr', how, '{}', '+']);
      await change('+i');
      return async () => void (await change('-i'));
    },
  },
  {
    title: 'EIO on write',
    command: 'strace',
    small: 500,
    large: 500,
    unready: true,
    strike: (target) =>
      inject(target, 'write,writev,pwrite64,pwritev:error=EIO', [...database(target), ...incoming(target)]),
  },
  {
    title: 'EIO on write, in the middle of a large image',
    command: 'strace',
    small: 200,
    large: 500,
    unready: false,
    // Each of Node's four threads has one free write, so it takes more than a megabyte.
    strike: (target) => inject(target, 'write,writev:error=EIO:when=2+', incoming(target)),
  },
  {
    title: 'EIO on fsync and fdatasync',
    command: 'strace',
    small: 500,
    large: 500,
    unready: true,
    strike: (target) => inject(target, 'fsync,fdatasync:error=EIO'),
  },
  {
    title: 'EIO on giving a file its name',
    command: 'strace',
    small: 200,
    large: 500,
    unready: false,
    strike: (target) => inject(target, 'rename,renameat,renameat2:error=EIO'),
  },
  {
    title: 'too many open files',
    command: 'prlimit',
    small: 200,
    large: 500,
    unready: true,
    // Reading a file requires opening it. Reading from the database does not.
    unserved: 'large',
    async strike({ folder, pid }) {
      const { stdout } = await run('prlimit', [
        `--pid=${pid}`,
        '--nofile',
        '--output=SOFT,HARD',
        '--noheadings',
      ]);
      const [soft, hard] = stdout.trim().split(/\s+/);
      await run('prlimit', [`--pid=${pid}`, `--nofile=${lowestFree({ folder, pid })}:${hard}`]);
      return async () => void (await run('prlimit', [`--pid=${pid}`, `--nofile=${soft}:${hard}`]));
    },
  },
];

/**
 * Fills a file system except for some bytes.
 *
 * @returns a function that empties it again
 */
export async function fillDisk(folder: string, free: number): Promise<() => Promise<void>> {
  const filler = path.join(folder, 'filler');
  const file = await open(filler, 'w');
  const full = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC') throw error;
    return true;
  };
  try {
    for (const page of [Buffer.alloc(MIB, 1), Buffer.alloc(4096, 1)])
      while (!(await file.write(page).then(() => false, full)));
    const { size } = await file.stat();
    await file.truncate(size - free);
  } finally {
    await file.close();
  }
  return () => rm(filler);
}

/** @param paths the files that calls fail on. Default: all */
function inject(
  { pid }: Target,
  injection: string,
  paths: readonly string[] = [],
): Promise<() => Promise<void>> {
  const only = paths.flatMap((file) => ['-P', file]);
  return attach(pid, ['-o', '/dev/null', '-e', `inject=${injection}`, ...only]);
}

function database({ folder }: Target): string[] {
  return ['store.db', 'store.db-wal'].map((name) => path.join(folder, name));
}

/** The files for the next images. The service numbers them. */
function incoming({ folder }: Target): string[] {
  return Array.from({ length: INCOMING }, (_, at) => path.join(folder, 'incoming', `${at + 1}.part`));
}

/** The file descriptor above which the service only opens images. With this limit it can open no more of them. */
function lowestFree({ folder, pid }: Target): number {
  const descriptors = `/proc/${pid}/fd`;
  const used = new Set(readdirSync(descriptors).filter((name) => !isImage(path.join(descriptors, name))));
  for (let descriptor = 0; ; descriptor += 1) if (!used.has(String(descriptor))) return descriptor;

  function isImage(link: string): boolean {
    try {
      return /^\/(incoming|images)\//.test(readlinkSync(link).slice(folder.length));
    } catch {
      return true; // closed meanwhile
    }
  }
}
