import type { Registry } from 'prom-client';
import { codeOf, type Trace, UPLOAD_STAGES } from '../../signed/trace.js';
import { MADE_ROOM, type ServiceListener, TURNED_AWAY } from '../listener.js';
import type { Series } from '../wrapper-metrics.js';
import { createHistogram } from './histogram.js';
import { gauge, tally, total } from './instruments.js';

/** Seconds. A stage in memory takes microseconds; a slow sender takes a minute. */
const STAGE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
const UPLOAD_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/** All codes, so that every rate starts from zero. */
const CODES: Readonly<Record<ReturnType<typeof codeOf>, 'stored' | 'refused' | 'failed'>> = {
  SUCCESS: 'stored',
  PARAM_ERROR: 'refused',
  INVALID_REQUEST: 'refused',
  SIGN_ERROR: 'refused',
  NO_AUTH: 'refused',
  RATELIMIT_EXCEEDED: 'refused',
  SYSTEM_ERROR: 'failed',
  SENDER_AWAY: 'failed',
};

const IMAGE_STATUSES = ['200', '206', '304', '404', '416', '500'] as const;

/** Counts requests. Counting an upload only increments numbers, which prom-client reads when the metrics are read. */
export function countRequests(registry: Registry): ServiceListener {
  const uploads = tally(registry, {
    name: 'coupon_media_uploads_total',
    help: 'Uploads that ended, by the code of the response; SENDER_AWAY: the sender disconnected before the end of its body.',
    label: 'code',
    values: Object.keys(CODES),
  });
  const certificates = tally(registry, {
    name: 'coupon_media_certificate_requests_total',
    help: 'Requests for the platform certificates, by the code of the response.',
    label: 'code',
    values: Object.keys(CODES),
  });
  const images = tally(registry, {
    name: 'coupon_media_image_reads_total',
    help: 'Requests for images, by the status of the response.',
    label: 'status',
    values: [...IMAGE_STATUSES, 'other'],
  });
  const room = tally(registry, {
    name: 'coupon_media_made_room_total',
    help: 'What was ended to make room for others: an unproven upload, or a connection that was refused, unproven or idle; none: a new connection that was closed.',
    label: 'which',
    values: MADE_ROOM,
  });
  const away = tally(registry, {
    name: 'coupon_media_turned_away_total',
    help: 'Input that reached no route: broken, not an HTTP request; unknown, a request without a route; crowded, connections closed because too many requests waited on them; abandoned, connections that closed before the turn of their waiting requests.',
    label: 'which',
    values: TURNED_AWAY,
  });
  const totals = {
    received: total(registry, 'coupon_media_received_bytes_total', 'Bytes of upload bodies that arrived.'),
    stored: total(registry, 'coupon_media_stored_image_bytes_total', 'Bytes of images that were stored.'),
    broken: total(
      registry,
      'coupon_media_answers_broken_total',
      'Responses to signed requests that could not be written completely, because the connection ended.',
    ),
    overloaded: total(
      registry,
      'coupon_media_overload_refused_total',
      'Uploads that were refused before anybody was identified, because those before them wait too long to be stored.',
    ),
    cut: total(
      registry,
      'coupon_media_connections_cut_total',
      'Connections cut off because their peer sent or took too slowly.',
    ),
  };
  let underWay = 0;
  gauge(
    registry,
    'coupon_media_uploads_under_way',
    'Uploads between their headers and their response.',
    () => underWay,
  );

  const durations = createHistogram<'result'>(registry, {
    name: 'coupon_media_upload_duration_seconds',
    help: "From an upload's headers to the end of its response, by result: stored, refused (4xx), failed (5xx, or the sender disconnected).",
    buckets: UPLOAD_BUCKETS,
  });
  const byResult = {
    stored: durations.series({ result: 'stored' }),
    refused: durations.series({ result: 'refused' }),
    failed: durations.series({ result: 'failed' }),
  };
  const stageTimes = createHistogram<'stage'>(registry, {
    name: 'coupon_media_upload_stage_duration_seconds',
    help: 'Time that uploads spent in each stage. receive waits for the sender, enter for room, respond until the response is written out.',
    buckets: STAGE_BUCKETS,
  });
  const byStage: Readonly<Record<string, Series>> = Object.fromEntries(
    UPLOAD_STAGES.map((stage) => [stage, stageTimes.series({ stage })]),
  );

  function uploadEnded(trace: Trace): void {
    const code = codeOf(trace);
    underWay -= 1;
    uploads.count(code);
    totals.received.add(trace.received);
    totals.stored.add(trace.stored?.bytes ?? 0);
    byResult[CODES[code]].observe((trace.ended - trace.began) / 1000);
    observeStages(trace, byStage);
  }

  return {
    begin({ kind }) {
      if (kind === 'upload') underWay += 1;
    },
    end(trace) {
      if (trace.response && !trace.writtenWhole) totals.broken.add(1);
      if (trace.kind === 'upload') uploadEnded(trace);
      else if (trace.kind === 'certificates') certificates.count(codeOf(trace));
    },
    imageRead(status) {
      const known: readonly string[] = IMAGE_STATUSES;
      images.count(known.includes(String(status)) ? String(status) : 'other');
    },
    cut: () => totals.cut.add(1),
    madeRoom: (which) => room.count(which),
    overloaded: () => totals.overloaded.add(1),
    turnedAway: (which) => away.count(which),
  };
}

/** A stage ends where the next one begins. The two parts of `receive` are one observation. */
function observeStages({ stages, times, ended }: Trace, byStage: Readonly<Record<string, Series>>): void {
  let earlier = 0;
  for (let at = 0; at < stages.length; at += 1) {
    const stage = stages[at] as string;
    const took = (times[at + 1] ?? ended) - (times[at] as number);
    const comesAgain = stage === 'receive' && stages.indexOf('receive', at + 1) !== -1;
    if (comesAgain) earlier = took;
    else byStage[stage]?.observe((stage === 'receive' ? took + earlier : took) / 1000);
  }
}
