import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A clone in little: these tools, this compiler, one package. Whoever asks for it removes it. */
export function smallClone(manifest: object = { type: 'module' }): string {
  const root = mkdtempSync(path.join(tmpdir(), 'setup-'));
  cpSync(path.join(repository, 'tools'), path.join(root, 'tools'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  symlinkSync(
    path.join(repository, 'node_modules/typescript'),
    path.join(root, 'node_modules/typescript'),
    'junction',
  );
  const lock = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };
  const files = {
    'package.json': { type: 'module' },
    'package-lock.json': lock,
    'node_modules/.package-lock.json': lock,
    'tsconfig.json': { files: [], references: [{ path: 'packages/one' }] },
    'packages/one/package.json': manifest,
    'packages/one/tsconfig.json': {
      compilerOptions: {
        composite: true,
        rootDir: 'src',
        outDir: 'dist',
        tsBuildInfoFile: 'dist/.tsbuildinfo',
        module: 'nodenext',
        types: [],
        lib: ['es5'], // a small one, to be quick
      },
      include: ['src'],
    },
  };
  mkdirSync(path.join(root, 'packages/one/src'), { recursive: true });
  for (const [file, content] of Object.entries(files))
    writeFileSync(path.join(root, file), JSON.stringify(content));
  writeSource(root, 'a', 'export const a: number = 1;');
  return root;
}

/** Writes a module of the clone's package. */
export function writeSource(root: string, name: string, source: string): void {
  writeFileSync(path.join(root, `packages/one/src/${name}.ts`), source);
}
