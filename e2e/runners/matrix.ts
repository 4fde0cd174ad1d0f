/** Compilers and runners that the packages are tried with; `npm run runners:wide` tries all rows, `npm test` those that are not wide. */
const wide = process.env.TEST_RUNNERS === 'wide';

interface Row {
  title: string;
  /** Whether only the wide run has it. */
  wide?: boolean;
}

function tried<Kind extends Row>(rows: readonly Kind[]): readonly Kind[] {
  return rows.filter((row) => wide || !row.wide);
}

interface Compiler extends Row {
  major: number;
  /** From the runners' node_modules. */
  bin: string;
}

export const compilers: readonly Compiler[] = tried([
  { title: 'TypeScript 5.9', major: 5, bin: 'typescript/bin/tsc' },
  { title: 'TypeScript 6.0', major: 6, bin: 'typescript-6/bin/tsc', wide: true },
  { title: 'TypeScript 7.0', major: 7, bin: 'typescript-7/bin/tsc', wide: true },
]);

export interface Settings extends Row {
  file: 'uses.ts' | 'uses.mts';
  options: Readonly<Record<string, string>>;
  /** The major version of TypeScript that no longer has it. */
  before?: number;
}

export const settings: readonly Settings[] = [
  {
    title: 'commonjs, node10',
    file: 'uses.ts',
    options: { module: 'commonjs', moduleResolution: 'node10' },
    before: 6,
  },
  { title: 'node16, CommonJS', file: 'uses.ts', options: { module: 'node16' } },
  { title: 'node16, ESM', file: 'uses.mts', options: { module: 'node16' } },
  { title: 'nodenext', file: 'uses.ts', options: { module: 'nodenext' } },
  { title: 'bundler', file: 'uses.ts', options: { module: 'esnext', moduleResolution: 'bundler' } },
];

interface Places {
  runners: string;
  root: string;
}

export interface Program extends Row {
  /** Of node, in the program's folder. */
  args(places: Places): string[];
  /** What it prints, where it prints no report. */
  prints?: 'scenario';
  /** Configuration to lay beside it. */
  files?: Readonly<Record<string, object>>;
}

const PLAIN_JEST = { testEnvironment: 'node', testRegex: '\\.test\\.js$', transform: {} };

function plainJest(bin: string) {
  return ({ runners }: Places) => [
    `${runners}/node_modules/${bin}/bin/jest.js`,
    '--config',
    'jest.plain.json',
  ];
}

/** As Nest's starter configures it, but for where ts-jest lies. */
function tsJest(bin: string) {
  return ({ runners }: Places) => [
    `${runners}/node_modules/${bin}/bin/jest.js`,
    '--rootDir=.',
    '--moduleFileExtensions=js',
    '--moduleFileExtensions=json',
    '--moduleFileExtensions=ts',
    '--testRegex=.*\\.spec\\.ts$',
    `--transform={"^.+\\\\.(t|j)s$":"${runners}/node_modules/ts-jest"}`,
    '--testEnvironment=node',
  ];
}

/** Nest's starter, before and since it compiles to what Node itself would take a file for. */
const NEST = {
  commonjs: { module: 'commonjs', moduleResolution: 'node10' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext', isolatedModules: true },
};

function nestFiles(kind: keyof typeof NEST) {
  const compilerOptions = {
    ...NEST[kind],
    target: 'ES2023',
    esModuleInterop: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    strictNullChecks: true,
    skipLibCheck: true,
    types: ['node', 'jest'],
  };
  return { 'tsconfig.json': { compilerOptions } };
}

export const programs: readonly Program[] = tried([
  { title: 'require()', args: () => ['require.js'], prints: 'scenario' },
  { title: 'import', args: () => ['import.mjs'], prints: 'scenario' },
  {
    title: 'Jest 30 with ts-jest, module commonjs',
    args: tsJest('jest'),
    files: nestFiles('commonjs'),
  },
  {
    title: 'Jest 30 with ts-jest, module nodenext',
    args: tsJest('jest'),
    files: nestFiles('nodenext'),
    wide: true,
  },
  {
    title: 'Jest 29 with ts-jest, module commonjs',
    args: tsJest('jest-29'),
    files: nestFiles('commonjs'),
    wide: true,
  },
  {
    title: 'Jest 29 with ts-jest, module nodenext',
    args: tsJest('jest-29'),
    files: nestFiles('nodenext'),
    wide: true,
  },
  { title: 'Jest 30', args: plainJest('jest'), files: { 'jest.plain.json': PLAIN_JEST }, wide: true },
  { title: 'Jest 29', args: plainJest('jest-29'), files: { 'jest.plain.json': PLAIN_JEST }, wide: true },
  { title: 'node:test', args: () => ['--test', 'node-test.js'], wide: true },
  {
    title: 'vitest',
    args: ({ root }: Places) => [`${root}/node_modules/vitest/vitest.mjs`, 'run', 'upload-vitest'],
    wide: true,
  },
]);
