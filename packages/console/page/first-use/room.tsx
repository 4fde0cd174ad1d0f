import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { FIRST_USE } from '../messages/first-use.js';
import { say } from '../messages/language.js';
import { CopyButton } from '../parts/copy-button.js';
import { type SandboxValues, sandboxValues } from '../server/first-use.js';
import { followRequests, type SeenRequest } from '../server/requests.js';
import { Arrived } from './arrived.js';
import { Program } from './program.js';
import './style.css';

/** How many of the requests that arrived are shown, the newest first. */
const SHOWN = 5;

/** From the values of this sandbox to the first upload of a program, and what the sandbox thinks of it. */
export function FirstUseRoom() {
  const values = useSignal<SandboxValues | undefined | null>(null);
  const requests = useSignal<readonly SeenRequest[]>([]);
  useEffect(() => {
    void sandboxValues().then((found) => {
      values.value = found;
    });
    return followRequests({
      // A connection that comes back has all of them once more.
      begins() {
        requests.value = [];
      },
      heard(request) {
        requests.value = [request, ...requests.value].slice(0, SHOWN);
      },
      away() {},
    });
  }, []);
  if (values.value === null) return null;
  if (values.value === undefined) return <p>{say(FIRST_USE.notASandbox)}</p>;
  const found = values.value;
  return (
    <section class="first-use" aria-label={say(FIRST_USE.title)}>
      <h2>{say(FIRST_USE.values)}</h2>
      <dl>
        {NAMES.map((name) => (
          <div key={name}>
            <dt>{say(FIRST_USE[name])}</dt>
            <dd>
              <code>{found[name]}</code>{' '}
              <CopyButton
                isQuiet
                text={found[name]}
                label={say(FIRST_USE.copy, { name: say(FIRST_USE[name]) })}
              />
            </dd>
          </div>
        ))}
      </dl>
      <p class="faint">{say(FIRST_USE.keyStays)}</p>
      <h2>{say(FIRST_USE.upload)}</h2>
      <Program values={found} />
      <h2>{say(FIRST_USE.arrived)}</h2>
      <Arrived requests={requests.value} />
    </section>
  );
}

const NAMES = [
  'mchid',
  'certificateSerialNo',
  'privateKeyPath',
  'wechatPayPublicKeyId',
  'wechatPayPublicKeyPath',
  'baseUrl',
] as const;
