/**
 * The public surface of each package as text that stands in the repository (packages/X/api.md), so that a change of it shows in review.
 * `npm run api` writes the reports, `npm run check` compares them.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

/** @typedef {{ report: string, types: string, manifest: string }} Door a public name: its report, its types, its package.json */

/**
 * @param {string} root the repository's folder, with the packages built
 * @returns {string[]} one line for each report that says something else than the code
 */
export function checkApi(root) {
  return withReports(root, ({ report }, text) => {
    if (existsSync(report) && readFileSync(report, 'utf8') === text) return [];
    const name = path.relative(root, report);
    return [`${name} is not what the package exports: run npm run api, and read the difference`];
  });
}

/** @param {string} root */
export function writeApi(root) {
  withReports(root, ({ report }, text) => {
    writeFileSync(report, text);
    process.stdout.write(`${path.relative(root, report)}\n`);
    return [];
  });
}

/**
 * @param {string} root
 * @param {(door: Door, text: string) => string[]} use
 */
function withReports(root, use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-api-'));
  try {
    const doors = doorsOf(root);
    const configs = doors.map((door) => configOf(root, door, folder));
    const [first] = configs;
    if (!first) return [];
    // One reading of all types serves all reports.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: doors.map(({ types }) => types),
    });
    return doors.flatMap((door, at) => {
      const config = configs[at] ?? first;
      /** @type {string[]} */
      const faults = [];
      Extractor.invoke(config, {
        compilerState,
        localBuild: true,
        messageCallback: (message) => {
          if (message.logLevel === ExtractorLogLevel.Error)
            faults.push(message.formatMessageWithLocation(root));
          message.handled = true;
        },
      });
      const text = readFileSync(config.reportTempFilePath, 'utf8');
      return [...faults, ...use(door, text)];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @returns {Door[]}
 */
function doorsOf(root) {
  return readdirSync(path.join(root, 'packages')).flatMap((name) => {
    const folder = path.join(root, 'packages', name);
    const manifest = path.join(folder, 'package.json');
    if (!existsSync(manifest)) return [];
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
    return Object.entries(exports).map(([door, target]) => ({
      report: path.join(folder, door === '.' ? 'api.md' : `api-${door.slice(2)}.md`),
      types: path.join(folder, (target.import ?? target).types),
      manifest,
    }));
  });
}

/**
 * @param {string} root
 * @param {Door} door
 * @param {string} folder for what is not kept
 */
function configOf(root, { types, manifest, report }, folder) {
  const reportFileName = path.basename(path.dirname(report)) + path.basename(report, '.md');
  return ExtractorConfig.prepare({
    packageJsonFullPath: manifest,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: path.join(root, 'tsconfig.base.json'),
          compilerOptions: { composite: false, noEmit: true },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: path.join(folder, 'temp'),
        reportFileName,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}
