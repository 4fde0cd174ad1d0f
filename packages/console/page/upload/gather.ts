/** A file as it was given, with its path within what was given. */
export interface GatheredFile {
  readonly file: File;
  /** With `/` between folders. */
  readonly path: string;
}

/** What a gesture brought. */
export interface Gathered {
  readonly files: readonly GatheredFile[];
  /** Paths of files and folders that could not be read. */
  readonly unread: readonly string[];
}

/** Files that one gesture may bring; what is beyond is counted and not taken. */
export const MOST_FILES = 10_000;

/** Gathers what was dropped or pasted, folders within folders too, in the order of their names. */
export async function filesOf(data: DataTransfer): Promise<Gathered> {
  // The list is empty as soon as the event is over, so that all entries are asked for first.
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfList(data.files);
  const found: Found = { files: [], unread: [] };
  for (const entry of entries) await gather(entry, found);
  return { files: found.files.filter(({ path }) => isMeant(path)), unread: found.unread.filter(isMeant) };
}

/** Gathers what was chosen in a dialog: files, or a folder. */
export function filesOfList(list: Iterable<File>): Gathered {
  const files = Array.from(list, (file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => isMeant(path))
    .slice(0, MOST_FILES + 1);
  return { files, unread: [] };
}

async function gather(entry: FileSystemEntry, found: Found): Promise<void> {
  if (found.files.length > MOST_FILES) return;
  const path = entry.fullPath.replace(/^\//, '');
  try {
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      found.files.push({ file, path });
    } else if (isFolder(entry)) {
      for (const inner of await entriesOf(entry)) await gather(inner, found);
    }
  } catch {
    found.unread.push(path);
  }
}

interface Found {
  readonly files: GatheredFile[];
  readonly unread: string[];
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
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
function isMeant(path: string): boolean {
  return !path.split('/').some((name) => name.startsWith('.') || LEFT.has(name.toLowerCase()));
}

const LEFT: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini', '__macosx']);
