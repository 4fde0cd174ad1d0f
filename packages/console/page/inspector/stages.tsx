import { STAGES } from '../messages/inspector.js';
import { language, say } from '../messages/language.js';
import type { OpenedRequest } from '../server/requests.js';
import { CALL_STAGES, UPLOAD_STAGES } from './stage-names.js';

type Known = (typeof UPLOAD_STAGES)[number] | (typeof CALL_STAGES)[number];

/** What each stage of the service decided about a request, and how long it took. */
export function Stages({ request }: { readonly request: OpenedRequest }) {
  const { stages, refusedIn, outcome, refusal, milliseconds } = request;
  if (stages.length === 0) return null;
  const times = new Map<string, number>();
  for (const { stage, milliseconds: took } of stages) times.set(stage, (times.get(stage) ?? 0) + took);
  const names: readonly Known[] = times.has('handle') ? CALL_STAGES : UPLOAD_STAGES;
  const longest = Math.max(...times.values(), 0.001);
  return (
    <section aria-labelledby="stages">
      <h3 id="stages">{say(STAGES.title)}</h3>
      <table class="stages">
        <thead>
          <tr>
            <th scope="col">{say(STAGES.stage)}</th>
            <th scope="col">{say(STAGES.decided)}</th>
            <th scope="col">{say(STAGES.time)}</th>
          </tr>
        </thead>
        <tbody>
          {names
            .filter((name) => names === UPLOAD_STAGES || times.has(name))
            .map((name) => {
              const took = times.get(name);
              return (
                <tr key={name} class={took === undefined ? 'faint' : undefined}>
                  <th scope="row">{say(STAGES[name])}</th>
                  <td>{verdictOf(name, { took, refusedIn, code: refusal ?? outcome })}</td>
                  <td class="time">
                    {took !== undefined && (
                      <>
                        <span class="bar" style={{ width: `${Math.max(2, (60 * took) / longest)}%` }} />{' '}
                        {say(STAGES.milliseconds, { n: shown(took) })}
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
        </tbody>
      </table>
      <p class="faint">{say(STAGES.inAll, { n: shown(milliseconds) })}</p>
    </section>
  );
}

function verdictOf(
  name: string,
  { took, refusedIn, code }: { took: number | undefined; refusedIn: string | undefined; code: string },
) {
  if (name === refusedIn) return <span class="bad">✗ {say(STAGES.refused, { code })}</span>;
  if (took === undefined) return say(STAGES.unreached);
  return <span class="good">✓ {say(STAGES.passed)}</span>;
}

function shown(milliseconds: number): string {
  return milliseconds.toLocaleString(language.value, { maximumFractionDigits: 2 });
}
