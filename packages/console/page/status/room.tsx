import './style.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { language, say } from '../messages/language.js';
import { STATUS } from '../messages/status.js';
import type { ServerProblem } from '../server/problem.js';
import { isEntered } from '../server/session.js';
import { OUTCOMES, readStatus, type Status, type StatusBucket } from '../server/status.js';
import { Chart, type Series } from './chart.js';

/** Milliseconds between two looks. */
const LOOK = 2000;
/** Buckets of a quarter of an hour. */
const SHOWN = 90;

/** What became of the uploads of the last quarter of an hour: three charts, each with a table beside it. */
export function StatusRoom() {
  const status = useSignal<Status | ServerProblem | undefined>(undefined);
  const entered = isEntered.value;
  useEffect(() => {
    if (!entered) return;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function look(): Promise<void> {
      // What nobody sees need not be asked for.
      if (!document.hidden) status.value = await readStatus(ending.signal);
      timer = setTimeout(() => look().catch(() => {}), LOOK);
    }
    look().catch(() => {});
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [entered]);
  const { value } = status;
  return (
    <section aria-labelledby="status">
      <h2 id="status">{say(STATUS.title)}</h2>
      {value === undefined && <p role="status">{say(entered ? STATUS.reading : STATUS.noAccess)}</p>}
      {value !== undefined && 'code' in value && (
        <p role="alert" class="doubtful">
          {value.code === 'not-found' ? say(STATUS.noStatus) : value.text}
        </p>
      )}
      {value !== undefined && !('code' in value) && <Charts status={value} />}
    </section>
  );
}

function Charts({ status }: { readonly status: Status }) {
  const {
    account,
    bucket_seconds: seconds,
    pace_per_second: pace,
    quota_per_second: quota,
    breaker,
  } = status;
  const steps = stepsOf(status);
  const times = steps.map(({ at }) => at);
  const read = (of: (bucket: StatusBucket) => number | null) =>
    steps.map(({ bucket }) => (bucket ? of(bucket) : null));
  const uploads: Series[] = OUTCOMES.map((outcome) => ({
    name: say(STATUS[outcome]),
    kind: outcome,
    values: steps.map(({ bucket }) => (bucket?.[outcome] ?? 0) / seconds),
  }));
  const latency: Series[] = [
    { name: say(STATUS.p50), kind: 'p50', values: read(({ p50_ms }) => p50_ms) },
    { name: say(STATUS.p95), kind: 'p95', values: read(({ p95_ms }) => p95_ms) },
  ];
  const paces: Series[] = [
    ...(pace === null
      ? []
      : [
          { name: say(STATUS.pacePerSecond), kind: 'pace', values: read((one) => one.pace_per_second) },
          { name: say(STATUS.paceWaiting), kind: 'queue', values: read((one) => one.pace_waiting) },
        ]),
    ...(quota ? [{ name: say(STATUS.quotaPerSecond), kind: 'quota', values: steps.map(() => quota) }] : []),
  ];
  const isIdle = uploads.every(({ values }) => values.every((rate) => rate === 0));
  return (
    <>
      <p>{say(STATUS.about, { account, seconds })}</p>
      {isIdle && <p>{say(STATUS.none)}</p>}
      <dl class="now">
        <dt>{say(STATUS.quotaPerSecond)}</dt>
        <dd>{quota ? quota : say(STATUS.noLimit)}</dd>
        {breaker !== null && (
          <>
            <dt>{say(STATUS.breaker)}</dt>
            <dd class={breaker === 'closed' ? 'good' : 'bad'}>{say(BREAKERS[breaker])}</dd>
          </>
        )}
      </dl>
      <Chart title={say(STATUS.uploads)} times={times} series={uploads} isStacked />
      <Chart title={say(STATUS.latency)} times={times} series={latency} />
      {pace === null && !quota ? (
        <p class="faint">{say(STATUS.noPace)}</p>
      ) : (
        <Chart title={say(STATUS.pace)} times={times} series={paces} />
      )}
    </>
  );
}

const BREAKERS = { closed: STATUS.closed, 'half-open': STATUS.halfOpen, open: STATUS.open } as const;

/** Every step of the quarter of an hour; those without an upload have no bucket. */
function stepsOf({ now, bucket_seconds: seconds, buckets }: Status): readonly Step[] {
  const found = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  const long = seconds * 1000;
  const last = Math.floor(Date.parse(now) / long) * long;
  return Array.from({ length: SHOWN }, (_, index) => {
    const at = last - (SHOWN - 1 - index) * long;
    return { at: new Date(at).toLocaleTimeString(language.value, { hour12: false }), bucket: found.get(at) };
  });
}

interface Step {
  readonly at: string;
  readonly bucket: StatusBucket | undefined;
}
