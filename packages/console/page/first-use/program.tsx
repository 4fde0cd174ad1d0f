import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { FIRST_USE } from '../messages/first-use.js';
import { say } from '../messages/language.js';
import { CopyButton } from '../parts/copy-button.js';
import { Scrolled } from '../parts/scrolled.js';
import { fileText, type SandboxValues } from '../server/first-use.js';
import { SAMPLES, type Sample, usageOf } from './samples.js';

/** A program of samples/ in the language that is chosen, and the commands that run it with the values of this sandbox. */
export function Program({ values }: { readonly values: SandboxValues }) {
  const sample = useSignal<Sample>(SAMPLES[0]);
  const code = useSignal('');
  const { address, folder, name } = sample.value;
  useEffect(() => {
    let isGone = false;
    void fileText(address).then((text) => {
      if (!isGone) code.value = text ?? '';
    });
    return () => {
      isGone = true;
    };
  }, [address]);
  const commands = commandsOf(values, usageOf(code.value));
  return (
    <>
      <label for="sample">{say(FIRST_USE.language)}</label>{' '}
      <select
        id="sample"
        value={name}
        onChange={({ currentTarget }) => {
          sample.value = SAMPLES.find((one) => one.name === currentTarget.value) ?? SAMPLES[0];
        }}
      >
        {SAMPLES.map((one) => (
          <option key={one.name}>{one.name}</option>
        ))}
      </select>
      <p>{say(FIRST_USE.run, { folder })}</p>
      <Scrolled kind="program" label={say(FIRST_USE.run, { folder })}>
        <pre>{commands}</pre>
      </Scrolled>
      <CopyButton isQuiet text={commands} label={say(FIRST_USE.copyCommand)} />
      <details>
        <summary>{say(FIRST_USE.code)}</summary>
        <Scrolled kind="program" label={say(FIRST_USE.code)}>
          <pre>{code.value}</pre>
        </Scrolled>
        <CopyButton isQuiet text={code.value} label={say(FIRST_USE.copyCode)} />
      </details>
    </>
  );
}

/** The names that all programs of samples/ read, and `coupon-media upload`. */
function commandsOf({ environmentPath }: SandboxValues, usage: string): string {
  return `set -a; . ${quoted(environmentPath)}; set +a\n${usage}\n`;
}

/** For a shell, which would split a path with a space. */
function quoted(path: string): string {
  return /^[\w./:-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
