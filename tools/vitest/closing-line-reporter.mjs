/** A vitest reporter whose very last line is `N passed, N failed[, N skipped]`; skipped tests are named with their reasons. */
import { writeSync } from 'node:fs';
import path from 'node:path';

/** @typedef {import('vitest/node').TestModule} TestModule */
/** @typedef {import('vitest/node').TestCase} TestCase */
/** @typedef {import('vitest/node').TestSuite} TestSuite */

export default class ClosingLineReporter {
  #closing = '';
  #filtered = false;

  /** @param {import('vitest/node').Vitest} vitest */
  onInit(vitest) {
    this.#filtered = Boolean(vitest.config.testNamePattern);
    // On exit, because vitest prints its own summary and late errors after the reporters have been told.
    process.once('exit', () => this.#closing && write(this.#closing));
  }

  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   * @param {string} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    const tally = count(modules, unhandledErrors.length);
    // A run that failed without a failed test (no test found, say) is not told as one without failures.
    if (reason !== 'passed' && tally.failed === 0) tally.failed = 1;
    const skips = this.#filtered ? [] : linesOf(tally.skipped).map((skip) => `skipped: ${skip}\n`);
    const skipped = tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : '';
    const retried = tally.retried.map(
      (test) => `passed at the second try: ${nameOf(test)}: ${firstErrorOf(test)}\n`,
    );
    this.#closing = `${skips.join('')}${retried.join('')}${tally.passed} passed, ${tally.failed} failed${skipped}\n`;
  }
}

/**
 * Failed hooks, suites and files, unhandled errors and tests that never ran each count as one failure.
 * @param {ReadonlyArray<TestModule>} modules
 * @param {number} unhandledErrors
 */
function count(modules, unhandledErrors) {
  const tally = {
    passed: 0,
    failed: unhandledErrors,
    skipped: /** @type {TestCase[]} */ ([]),
    retried: /** @type {TestCase[]} */ ([]),
  };
  for (const module of modules) {
    if (module.errors().length > 0) tally.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed += 1;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (test.diagnostic()?.flaky) tally.retried.push(test);
      if (result.state === 'passed') tally.passed += 1;
      else if (result.state === 'skipped') tally.skipped.push(test);
      else tally.failed += 1;
    }
  }
  return tally;
}

/**
 * A line for each test; where an engine is missing (tools/engines), one for all of a file that wait for it.
 * @param {TestCase[]} skipped
 */
function linesOf(skipped) {
  /** @type {Map<string, number>} */
  const waiting = new Map();
  /** @type {string[]} */
  const single = [];
  for (const test of skipped) {
    const { missing } = /** @type {{ missing?: string }} */ (test.meta());
    const { note } = /** @type {{ note?: string }} */ (test.result());
    const group = `of ${test.module.relativeModuleId}: ${missing}`;
    if (missing) waiting.set(group, (waiting.get(group) ?? 0) + 1);
    else single.push(`${nameOf(test)}: ${reasonOf(test, note)}`);
  }
  return [
    ...single,
    ...[...waiting].map(([group, count]) => `${count} ${count === 1 ? 'test' : 'tests'} ${group}`),
  ];
}

/** @param {TestCase} test */
function nameOf(test) {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

/**
 * What ended the first try, and where, since vitest shows no error of a test that passed in the end.
 * @param {TestCase} test
 */
function firstErrorOf(test) {
  const [error] = test.result().errors ?? [];
  const [place] = error?.stacks ?? [];
  const [line = ''] = (error?.message ?? '').split('\n');
  return place ? `${line} (${path.basename(place.file)}:${place.line})` : line;
}

/**
 * @param {TestCase} test
 * @param {string | undefined} note
 */
function reasonOf(test, note) {
  if (note) return note;
  if (test.options.mode === 'todo') return 'marked todo';
  for (let suite = test.parent; ; suite = /** @type {TestSuite} */ (suite).parent) {
    if (suite.errors().length > 0) return 'a hook of its suite failed';
    if (suite.type === 'module') break;
  }
  return test.options.mode === 'skip' ? 'marked skip, no reason given' : 'no reason given';
}

/** @param {string} text */
function write(text) {
  try {
    writeSync(1, text);
  } catch {
    process.stdout.write(text); // a pipe that is full for the moment
  }
}
