import { SIGNED } from '../messages/inspector.js';
import { say } from '../messages/language.js';
import type { OpenedRequest } from '../server/requests.js';
import { differences, type Piece } from './difference.js';
import { Visible } from './visible.js';

/** The five lines that the signature should be over, beside those that it is over, with the difference marked. */
export function SignedLines({ request }: { readonly request: OpenedRequest }) {
  const { signedMessage, signedLines, outcome, refusedIn } = request;
  if (signedMessage === undefined) return null;
  const expected = linesOf(signedMessage);
  const isWrong = outcome === 'SIGN_ERROR' && refusedIn === 'authenticate';
  const rejoined = signedLines && `${signedLines.lines.join('\n')}\n`;
  // A message that was cut for its length cannot be compared with its lines.
  const isJoinedWrongly =
    rejoined?.length === undefined ? false : isOtherwise(signedLines?.message, rejoined);
  return (
    <section aria-labelledby="signed-lines">
      <h3 id="signed-lines">{say(SIGNED.title)}</h3>
      {isWrong && !signedLines && <p class="doubtful">{say(SIGNED.unknown)}</p>}
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">{say(SIGNED.line)}</th>
            <th scope="col">{say(SIGNED.expected)}</th>
            {signedLines && <th scope="col">{say(SIGNED.signed)}</th>}
          </tr>
        </thead>
        <tbody>
          {LINES.map((name, at) => (
            <Line key={name} name={name} expected={expected[at] ?? ''} signed={signedLines?.lines[at]} />
          ))}
        </tbody>
      </table>
      {isJoinedWrongly && signedLines && rejoined !== undefined && (
        <Joined expected={signedMessage} signed={signedLines.message} />
      )}
    </section>
  );
}

const LINES = ['method', 'url', 'timestamp', 'nonce', 'body'] as const;

/** The body may have line feeds of its own. */
function linesOf(message: string): readonly string[] {
  const [method = '', url = '', timestamp = '', nonce = '', ...body] = message.split('\n');
  return [method, url, timestamp, nonce, body.slice(0, -1).join('\n')];
}

/** The sandbox gives 16 KiB of each text at most. */
function isOtherwise(message = '', rejoined: string): boolean {
  return message !== rejoined && !rejoined.startsWith(message);
}

interface LineProps {
  readonly name: (typeof LINES)[number];
  readonly expected: string;
  readonly signed: string | undefined;
}

function Line({ name, expected, signed }: LineProps) {
  const isSame = signed === undefined || signed === expected;
  const [right, wrong] = signed === undefined ? [whole(expected), []] : differences(expected, signed);
  return (
    <tr class={isSame ? undefined : 'differs'}>
      <th scope="row">
        {say(SIGNED[name])}
        {signed !== undefined && (
          <span class={isSame ? 'good verdict' : 'bad verdict'}>
            {say(isSame ? SIGNED.same : SIGNED.differs)}
          </span>
        )}
      </th>
      <td data-label={say(SIGNED.expected)}>
        <Marked pieces={right} />
      </td>
      {signed !== undefined && (
        <td data-label={say(SIGNED.signed)}>
          <Marked pieces={wrong} />
        </td>
      )}
    </tr>
  );
}

function Joined({ expected, signed }: { readonly expected: string; readonly signed: string }) {
  const [right, wrong] = differences(expected, signed);
  return (
    <>
      <p>{say(SIGNED.joined)}</p>
      <p class="bytes">
        <Marked pieces={right} />
      </p>
      <p>{say(SIGNED.joinedSo)}</p>
      <p class="bytes">
        <Marked pieces={wrong} />
      </p>
    </>
  );
}

function Marked({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <code>
      {pieces.map(({ text, isSame }, at) =>
        isSame ? (
          <Visible key={at} text={text} />
        ) : (
          <mark key={at}>
            <Visible text={text} withSpaces />
          </mark>
        ),
      )}
    </code>
  );
}

function whole(text: string): readonly Piece[] {
  return text === '' ? [] : [{ text, isSame: true }];
}
