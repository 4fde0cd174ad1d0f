import path from 'node:path';

/**
 * What systems, storage devices and programs leave in folders: thumbnails, deleted files, earlier versions, unfinished
 * downloads. Many of them are images by their bytes, and none was meant to be uploaded. Names are compared without case.
 */
const NAMES: ReadonlySet<string> = new Set([
  // Storage devices: Synology, QNAP, and those that keep snapshots.
  '@eadir',
  '#recycle',
  '@recycle',
  '@recycler',
  '@recently-snapshot',
  '.@__thumb',
  '@tmp',
  '@synoresource',
  '#snapshot',
  '.snapshot',
  '.snapshots',
  '.zfs',
  'lost+found',
  'network trash folder',
  'temporary items',
  // Windows.
  '$recycle.bin',
  'recycler',
  'recycled',
  'system volume information',
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  // macOS.
  '__macosx',
  '.ds_store',
  '.appledouble',
  '.trashes',
  '.temporaryitems',
  '.documentrevisions-v100',
  '.spotlight-v100',
  '.fseventsd',
  'icon\r',
  // Desktops and phones.
  '.trash',
  '.thumbnails',
  '.thumb',
  '.xvpics',
  '.nomedia',
  '.trashed',
  // Synchronisation and viewers.
  '.stversions',
  '.stfolder',
  '.dropbox',
  '.dropbox.cache',
  '.sync',
  '.picasaoriginals',
  '.picasa.ini',
  'picasa.ini',
  'zbthumbnail.info',
  // Version control.
  '.git',
  '.svn',
]);

/** Families of names, each with the form in which it is shown. */
type Family = readonly [form: RegExp, shown: string];

const FOLDERS: readonly Family[] = [[/^\.trash-\d+$/i, '.Trash-*']];

const FILES: readonly Family[] = [
  [/^\._/, '._*'],
  [/^\.trashed-/i, '.trashed-*'],
  [/^syno(photo|video|file)_thumb/i, 'SYNO*_THUMB*'],
  [/^~\$|^\.~|~$/, '~'],
  [/^\.syncthing\./i, '.syncthing.*'],
  // Thumbnails of cameras, which are JPEG.
  [/\.thm$/i, '*.thm'],
  [
    /\.(part|partial|crdownload|download|downloading|opdownload|aria2|td|!ut|!qb|xltd|tmp|temp)$/i,
    '*.part …',
  ],
  [/\.(bak|backup|old|orig|swp|swo)$/i, '*.bak …'],
];

/** @returns the name, or the form of its family, if a machine left a file or folder with this name; else undefined */
export function leftByMachine(name: string, isFolder: boolean): string | undefined {
  if (NAMES.has(name.toLowerCase())) return name;
  return (isFolder ? FOLDERS : FILES).find(([form]) => form.test(name))?.[1];
}

/** @returns the same for the parts of a path; those that `typed` has, too, were meant */
export function leftByMachineIn(file: string, typed = ''): string | undefined {
  const meant = new Set(typed.split(/[\\/]/));
  const parts = path.normalize(file).split(/[\\/]/);
  return parts
    .map((part, at) => (meant.has(part) ? undefined : leftByMachine(part, at < parts.length - 1)))
    .find((shown) => shown !== undefined);
}
