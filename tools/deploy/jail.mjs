/**
 * Runs a command where it sees an image's files and no others: a mount and a process namespace of its own, and a root made of
 * the image's folder with this machine's Debian beneath (what `FROM …-bookworm-slim` would bring). Needs Linux and root.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What of this machine stands in for the image's Debian; `/usr/local` is the image's own. */
const SYSTEM = ['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib64', '/usr/share', '/etc'];
const LINKS = ['bin', 'sbin', 'lib', 'lib64'];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

/**
 * @typedef {object} Jail
 * @property {string} root folder of the image's files
 * @property {Record<string, string>} env all that the command finds in its environment
 * @property {string} [workdir]
 * @property {{ uid: number, gid: number }} [user] default: root
 * @property {boolean} [readOnly] nothing can be written but what `volumes` names
 * @property {Record<string, string>} [volumes] paths in the image → folders of this machine
 */

/** @returns {string | undefined} why no jail can be made here */
export function jailMissing() {
  if (process.platform !== 'linux') return `needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root: it mounts, and changes its root';
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return 'needs Debian, as the image is';
  return undefined;
}

/**
 * @param {Jail} jail
 * @param {string[]} command
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {import('node:child_process').ChildProcess} of which ending ends all within
 */
export function runInJail(jail, command, stdio) {
  return spawn('unshare', unshareArguments(jail, command), { env: jail.env, stdio });
}

/**
 * The same, until it has ended.
 * @param {Jail} jail
 * @param {string[]} command
 */
export function runInJailSync(jail, command) {
  return spawnSync('unshare', unshareArguments(jail, command), { env: jail.env, encoding: 'utf8' });
}

/**
 * @param {Jail} jail
 * @param {string[]} command
 */
function unshareArguments({ root, workdir = '/', user, readOnly = false, volumes = {} }, command) {
  for (const folder of [...SYSTEM, ...Object.keys(volumes), '/proc', '/dev', '/tmp', workdir]) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  const script = [
    'set -e',
    `root=${quoted(root)}`,
    'mount --bind "$root" "$root"',
    ...LINKS.map((name) => `[ -e "$root/${name}" ] || ln -s usr/${name} "$root/${name}"`),
    ...SYSTEM.map(
      (folder) =>
        `[ ! -d ${folder} ] || { mount --bind ${folder} "$root${folder}"; mount -o remount,ro,bind "$root${folder}"; }`,
    ),
    'mount -t tmpfs -o mode=755 tmpfs "$root/dev"',
    ...DEVICES.map((name) => `touch "$root/dev/${name}"; mount --bind /dev/${name} "$root/dev/${name}"`),
    'mount -t proc proc "$root/proc"',
    readOnly ? 'mount -o remount,ro,bind "$root"' : ':',
    ...Object.entries(volumes).map(
      ([inside, outside]) => `mount --bind ${quoted(outside)} "$root"${quoted(inside)}`,
    ),
    `exec chroot "$root" /bin/sh -c ${quoted(`cd ${quoted(workdir)} && exec ${asUser(user)}"$@"`)} sh "$@"`,
  ].join('\n');
  const unshare = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL'];
  return [...unshare, '/bin/sh', '-c', script, 'sh', ...command];
}

/**
 * What a container's engine does before it starts an image's process: no capability, and no way to get one.
 * @param {Jail['user']} user
 */
function asUser(user) {
  if (!user) return '';
  return `setpriv --reuid ${user.uid} --regid ${user.gid} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- `;
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The process that is number 1 within, as this machine counts.
 * @param {import('node:child_process').ChildProcess} jailed
 * @returns {number | undefined}
 */
export function firstProcess({ pid }) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    return undefined;
  }
}
