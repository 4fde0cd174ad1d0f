/** Reads a Dockerfile as far as ours goes: what a stage begins from, and what each step does. */
import { DockerfileParser } from 'dockerfile-ast';

/** @typedef {{ keyword: string, line: number, text: string, words: string[], flags: Record<string, string> }} Step */
/** @typedef {{ name: string, from: string, steps: Step[] }} Stage */

/**
 * Variables of FROM lines are filled in from the ARG lines above the first; others are left to whoever runs the step.
 * @param {string} text
 * @returns {Stage[]}
 */
export function readStages(text) {
  /** @type {Stage[]} */
  const stages = [];
  /** @type {Record<string, string>} */
  const global = {};
  for (const step of readSteps(text)) {
    const stage = stages.at(-1);
    if (step.keyword === 'FROM') {
      const [from = '', , name = String(stages.length)] = step.words;
      stages.push({ name, from: substitute(from, global), steps: [] });
    } else if (stage) {
      stage.steps.push(step);
    } else {
      Object.assign(global, assignments(step));
    }
  }
  return stages;
}

/**
 * @param {string} text
 * @returns {Step[]}
 */
function readSteps(text) {
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((instruction) => {
      const raw = instruction.getRawArgumentsContent() ?? '';
      const flags = /** @type {import('dockerfile-ast').ModifiableInstruction} */ (instruction);
      return {
        keyword: instruction.getKeyword(),
        line: instruction.getRange().start.line + 1,
        text: raw.replace(/\\\r?\n/g, '').trim(),
        words: instruction.getArguments().map((argument) => argument.getValue()),
        flags: Object.fromEntries(
          (flags.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue() ?? '']),
        ),
      };
    });
}

/**
 * What ARG, ENV and LABEL give: `NAME=value`, the value bare or in double quotes.
 * @param {Step} step
 * @returns {Record<string, string>}
 */
export function assignments({ text }) {
  const found = text.matchAll(/([\w.-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g);
  return Object.fromEntries([...found].map(([, name = '', quoted, bare = '']) => [name, quoted ?? bare]));
}

/**
 * The words of a step in the exec form: CMD, ENTRYPOINT, and HEALTHCHECK's CMD.
 * @param {Step | undefined} step
 * @returns {string[] | undefined} undefined where it has the shell form
 */
export function execForm(step) {
  const list = step?.text.match(/\[.*\]$/s)?.[0];
  if (!list) return undefined;
  try {
    return JSON.parse(list);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} text
 * @param {Readonly<Record<string, string>>} values
 */
export function substitute(text, values) {
  return text.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced, bare) => values[braced ?? bare] ?? whole);
}
