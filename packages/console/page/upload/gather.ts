/** A file as it was given, with its path within what was given. */
export interface GatheredFile {
  readonly file: File;
  /** With `/` between folders. */
  readonly path: string;
}

/** Files that one gesture may bring; what is beyond is counted and not taken. */
export const MOST_FILES = 10_000;

/** Gathers what was dropped or pasted, folders within folders too, in the order of their names. */
export async function filesOf(data: DataTransfer): Promise<readonly GatheredFile[]> {
  // The list is empty as soon as the event is over, so that all entries are asked for first.
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfList(data.files);
  const found: GatheredFile[] = [];
  for (const entry of entries) await gather(entry, found);
  return found.filter(isMeant);
}

/** Gathers what was chosen in a dialog: files, or a folder. */
export function filesOfList(list: Iterable<File>): readonly GatheredFile[] {
  return Array.from(list, (file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(isMeant)
    .slice(0, MOST_FILES + 1);
}

async function gather(entry: FileSystemEntry, found: GatheredFile[]): Promise<void> {
  if (found.length > MOST_FILES) return;
  if (isFile(entry)) {
    const file = await new Promise<File | undefined>((resolve) =>
      entry.file(resolve, () => resolve(undefined)),
    );
    if (file) found.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  if (!isFolder(entry)) return;
  for (const inner of await entriesOf(entry)) await gather(inner, found);
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0 || all.length > MOST_FILES) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** What machines leave in folders is not meant: `.DS_Store`, `._photo.png`, `Thumbs.db`. */
function isMeant({ path }: GatheredFile): boolean {
  return !path.split('/').some((name) => name.startsWith('.') || LEFT.has(name.toLowerCase()));
}

const LEFT: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini', '__macosx']);
