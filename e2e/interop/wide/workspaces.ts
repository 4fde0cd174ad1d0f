import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { clients, type Registry, type WideClient } from './clients.js';
import { copyInto, type Layer, openLayer } from './debian.js';

/** How the clients of a registry are installed, built and run, in a folder of their own. */
interface Workspace {
  /** The folder in `programs/`. */
  readonly programs: string;
  /** Installs and builds; may be called again. */
  prepare(folder: string, ofIt: readonly WideClient[]): Promise<void>;
  run(folder: string, client: WideClient): readonly string[];
  /** Where the programs see the folder of the images, if it is not where this process sees it. */
  images?(folder: string): Images;
  close?(folder: string): Promise<void>;
}

/** A folder of images by its two paths. */
export interface Images {
  readonly here: string;
  /** As the programs see it. */
  readonly there: string;
}

/** Clients that are installed and can be run. */
export interface Prepared {
  /** Program and arguments. */
  commandOf(client: WideClient): readonly string[];
  readonly images?: Images;
  close(): Promise<void>;
}

export const PROGRAMS = 'e2e/interop/wide/programs';

const WORKSPACES: Readonly<Record<Registry, Workspace>> = {
  npm: {
    programs: 'javascript',
    async prepare(folder, ofIt) {
      const named = ofIt.flatMap(({ packages, runtime }) => [
        ...packages,
        ...(runtime?.includes('@') ? [runtime] : []),
      ]);
      const dependencies = Object.fromEntries(named.map((name) => atLastAt(name)));
      write(folder, 'package.json', JSON.stringify({ private: true, type: 'module', dependencies }));
      await execute('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], folder);
    },
    run(folder, { program, runtime, arguments: more = [] }) {
      const file = path.join(folder, `${program}.mjs`);
      if (runtime === undefined) return [process.execPath, file, ...more];
      const bin = path.join(folder, 'node_modules/.bin', runtime.split('@')[0] ?? '');
      return runtime === 'deno' ? [bin, 'run', '--allow-all', file] : [bin, file, ...more];
    },
  },
  PyPI: {
    programs: 'python',
    async prepare(folder, ofIt) {
      if (!existsSync(path.join(folder, 'venv'))) await execute('python3', ['-m', 'venv', 'venv'], folder);
      const packages = ofIt.flatMap((client) => client.packages);
      await execute('venv/bin/python', ['-m', 'pip', 'install', '--quiet', ...packages], folder);
    },
    run: (folder, { program }) => [path.join(folder, 'venv/bin/python'), path.join(folder, `${program}.py`)],
  },
  'Go module proxy': {
    programs: 'go',
    async prepare(folder, ofIt) {
      const modules = ofIt
        .map(({ packages: [first = ''] }) => first)
        .filter((module) => !module.startsWith('go@'));
      if (!existsSync(path.join(folder, 'go.mod'))) await execute('go', ['mod', 'init', 'wide'], folder);
      await execute('go', ['get', ...modules], folder);
      await execute('go', ['mod', 'tidy'], folder);
      await execute('go', ['build', '-o', 'wide', '.'], folder);
    },
    run: (folder, { program }) => [path.join(folder, 'wide'), program],
  },
  'crates.io': {
    programs: 'rust',
    async prepare(folder) {
      await execute('cargo', ['build', '--quiet'], folder);
    },
    run: (folder, { program }) => [path.join(folder, 'target/debug/interop-wide'), program],
  },
  Debian: {
    programs: 'debian',
    async prepare(folder, ofIt) {
      const layer = await openLayer(folder, [...new Set(ofIt.flatMap(({ packages }) => packages))]);
      layers.set(folder, layer);
      copyInto(layer, path.join(PROGRAMS, 'debian'), 'programs');
    },
    run(folder, { program, arguments: more = [] }) {
      const { root = '' } = layers.get(folder) ?? {};
      return ['chroot', root, ...interpreterOf(program), `/programs/${program}`, ...more];
    },
    images: (folder) => ({ here: path.join(layers.get(folder)?.root ?? '', 'images'), there: '/images' }),
    close: async (folder) => layers.get(folder)?.remove(),
  },
  'Maven Central': {
    programs: 'java',
    async prepare(folder, ofIt) {
      for (const client of ofIt) await prepareModule(folder, client);
    },
    run(folder, { program, arguments: more = [] }) {
      const module = path.join(folder, program);
      return ['java', '-cp', `${module}/classes:${module}/lib/*`, program, ...more];
    },
  },
};

const layers = new Map<string, Layer>();

const INTERPRETERS: Readonly<Record<string, string>> = {
  pl: 'perl',
  rb: 'ruby',
  php: 'php',
  R: 'Rscript',
  tcl: 'tclsh',
  lisp: 'sbcl',
  py: '/usr/bin/python3',
  sh: 'bash',
};

function interpreterOf(program: string): string[] {
  const suffix = path.extname(program).slice(1);
  if (program === 'swi.pl') return ['swipl'];
  return suffix === 'lisp' ? ['sbcl', '--script'] : [INTERPRETERS[suffix] ?? suffix];
}

export const registries: readonly Registry[] = Object.keys(WORKSPACES) as Registry[];

/**
 * Installs and builds the clients of a registry under `cache`.
 *
 * @throws Error with the output of what failed
 */
export async function prepare(registry: Registry, cache: string): Promise<Prepared> {
  const workspace = WORKSPACES[registry];
  const folder = path.resolve(cache, workspace.programs);
  mkdirSync(folder, { recursive: true });
  if (registry !== 'Debian') cpSync(path.join(PROGRAMS, workspace.programs), folder, { recursive: true });
  const ofIt = clients.filter((client) => client.registry === registry);
  await workspace.prepare(folder, ofIt);
  return {
    commandOf: (client) => workspace.run(folder, client),
    ...(workspace.images && { images: workspace.images(folder) }),
    close: async () => workspace.close?.(folder),
  };
}

/** One folder for each program: their packages need several versions of the same libraries. */
export async function prepareModule(
  parent: string,
  { program, packages }: Pick<WideClient, 'program' | 'packages'>,
): Promise<void> {
  const folder = path.join(parent, program);
  mkdirSync(folder, { recursive: true });
  const pom = pomOf(program, packages);
  const file = path.join(folder, 'pom.xml');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== pom) {
    write(folder, 'pom.xml', pom);
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await execute(
      'mvn',
      ['--quiet', '--batch-mode', copy, '-DoutputDirectory=lib', '-DincludeScope=runtime'],
      folder,
    );
  }
  const sources = ['Given', program].map((name) => path.join(parent, `${name}.java`));
  await execute('javac', ['-nowarn', '-proc:none', '-cp', 'lib/*', '-d', 'classes', ...sources], folder);
}

function pomOf(name: string, packages: readonly string[]): string {
  const dependencies = packages.map((written) => {
    const [group, artifact, version] = written.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  const own = `<modelVersion>4.0.0</modelVersion><groupId>wide</groupId><artifactId>${name}</artifactId><version>1</version>`;
  return `<project>${own}<dependencies>${dependencies.join('')}</dependencies></project>\n`;
}

function atLastAt(name: string): [string, string] {
  const at = name.includes('@npm:') ? name.indexOf('@npm:') : name.lastIndexOf('@');
  return [name.slice(0, at), name.slice(at + 1)];
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(path.join(folder, name), text);
}

async function execute(command: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
}
