/** What users get, judged as it is packed: by publint whether it can be loaded, by are-the-types-wrong whether its types are found. */
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack } from './pack.mjs';

/**
 * @param {string} root the repository's folder
 * @param {string} into where the tarballs go
 * @returns {Promise<string[]>} one line for each finding
 */
export async function checkPublished(root, into) {
  const judged = Array.from(pack(root, into), async ([name, tarball]) => {
    const bytes = readFileSync(tarball);
    const findings = [...(await loadingFaults(bytes)), ...(await typeFaults(bytes))];
    return findings.map((finding) => `${name}: ${finding}`);
  });
  return (await Promise.all(judged)).flat();
}

/** @param {Buffer} tarball */
async function loadingFaults(tarball) {
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: arrayBuffer(tarball) } });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** @param {Buffer} tarball */
async function typeFaults(tarball) {
  const made = createPackageFromTarballData(new Uint8Array(tarball));
  const result = await checkPackage(made);
  if (result.types === false) return ['has no types'];
  const { exports, main } = JSON.parse(made.readFile(`/node_modules/${made.packageName}/package.json`));
  if (!exports) return ['has no exports: every file of it is public'];
  // A package without a CommonJS form says nothing to those who need one; what it says to the others must be right.
  const others = ['node16-esm', 'bundler'];
  return result.problems
    .filter((problem) => main || !('resolutionKind' in problem) || others.includes(problem.resolutionKind))
    .map((problem) => {
      const at = 'entrypoint' in problem ? `${problem.entrypoint}, ${problem.resolutionKind}` : 'in all';
      return `${problem.kind} (${at}; https://arethetypeswrong.github.io says what it means)`;
    });
}

/** @param {Buffer} bytes @returns {ArrayBuffer} */
function arrayBuffer(bytes) {
  return new Uint8Array(bytes).buffer;
}
