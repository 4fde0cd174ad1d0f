import { useSignal } from '@preact/signals';
import { BYTES } from '../messages/inspector.js';
import { say } from '../messages/language.js';
import { Scrolled } from '../parts/scrolled.js';
import type { ServerProblem } from '../server/problem.js';
import { type OpenedRequest, readBody, type SeenPart } from '../server/requests.js';
import { hexLines } from './hex.js';
import { type Region, regionsOf } from './regions.js';
import { Visible } from './visible.js';

/** The body of a request: its parts with their places, and their bytes in hex and as text. It is read when somebody looks. */
export function Bytes({ request }: { readonly request: OpenedRequest }) {
  const { number, isCut, formFault, parts } = request;
  const body = useSignal<Uint8Array | ServerProblem | undefined>(undefined);
  const { value } = body;
  return (
    <section aria-labelledby="bytes">
      <h3 id="bytes">{say(BYTES.title)}</h3>
      {isCut && <p class="doubtful">{say(BYTES.cut)}</p>}
      {formFault !== undefined && <p class="bad">{say(BYTES.noForm, { reason: formFault })}</p>}
      <ul>
        {parts.map(({ name, bytes, offset = 0, sha256 }) => (
          <li key={offset}>
            {say(BYTES.region, { what: nameOf(name), from: offset, to: offset + bytes, bytes })}
            <br />
            <code class="faint">sha256 {sha256}</code>
          </li>
        ))}
      </ul>
      {value === undefined && !isCut && (
        <button
          type="button"
          onClick={async () => {
            body.value = await readBody(number);
          }}
        >
          {say(BYTES.show)}
        </button>
      )}
      {value !== undefined && 'code' in value && <p role="alert">{value.text}</p>}
      {value instanceof Uint8Array && <Regions bytes={value} regions={regionsOf(parts, value.length)} />}
    </section>
  );
}

function Regions({
  bytes,
  regions,
}: {
  readonly bytes: Uint8Array;
  readonly regions: readonly Region<SeenPart>[];
}) {
  if (regions.length === 0) return <p>{say(BYTES.none)}</p>;
  return (
    <>
      {regions.map((region) => (
        <RegionView key={region.from} region={region} bytes={bytes.subarray(region.from, region.to)} />
      ))}
    </>
  );
}

/** Bytes that are shown at first, and with each push of the button. An image has megabytes. */
const SHOWN = 1024;
const MORE = 8 * 1024;

function RegionView({ region, bytes }: { readonly region: Region<SeenPart>; readonly bytes: Uint8Array }) {
  const shown = useSignal(SHOWN);
  const { kind, part, from, to } = region;
  const what = part ? nameOf(part.name) : say(BYTES[kind === 'part' ? 'whole' : kind]);
  const label = say(BYTES.region, { what, from, to, bytes: bytes.length });
  const rest = bytes.length - shown.value;
  return (
    <details open={kind === 'part' && part?.name !== 'file'}>
      <summary>
        <bdi>{label}</bdi>
      </summary>
      {part?.text !== undefined && (
        <p class="bytes">
          <code>
            <Visible text={part.text} />
          </code>
        </p>
      )}
      <Scrolled kind="hex" label={`${say(BYTES.asHex)}: ${label}`}>
        <pre>{hexLines(bytes.subarray(0, shown.value), from)}</pre>
      </Scrolled>
      {rest > 0 && (
        <button type="button" onClick={() => (shown.value += MORE)}>
          {say(BYTES.more, { n: Math.min(rest, MORE) })}
        </button>
      )}
    </details>
  );
}

function nameOf(name: string | undefined): string {
  return name === undefined ? say(BYTES.unnamed) : say(BYTES.part, { name: JSON.stringify(name) });
}
