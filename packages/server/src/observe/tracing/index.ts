import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from 'pino';
import { createSpans, type Spans } from './spans.js';

/** Traces of one service, on their way to a collector. */
export interface Tracing extends Spans {
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

/** Milliseconds that a service which stops gives its collector. */
const FLUSH_TIME = 3_000;

/**
 * Opens OpenTelemetry's SDK. It reads the environment itself, by the names that its specification gives: where to
 * (`OTEL_EXPORTER_OTLP_*`), as whom (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`), how many (`OTEL_TRACES_SAMPLER`,
 * `OTEL_TRACES_SAMPLER_ARG`) and how often (`OTEL_BSP_*`). settings/config.ts decides whether it is opened at all.
 *
 * @param version the service's
 * @param trustsAnyone whether `traceparent` is heard before it is known who calls
 */
export function openTracing(
  version: string,
  log: Pick<Logger, 'info' | 'warn'>,
  trustsAnyone: boolean,
): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'coupon-media', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = reported(new OTLPTraceExporter(), log);
  // Nothing is registered as the process's own: several services may be in one.
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  return {
    ...createSpans(provider.getTracer('coupon-media', version), trustsAnyone),
    async close() {
      const late = new AbortController();
      const sent = provider.shutdown().catch((err) => log.warn({ err }, 'traces'));
      const waited = sleep(FLUSH_TIME, undefined, { signal: late.signal }).catch(() => {});
      await Promise.race([sent, waited]);
      late.abort();
    },
  };
}

/** An exporter whose failures are in the log: the first of several in a row, and the end of it. */
function reported(exporter: SpanExporter, log: Pick<Logger, 'info' | 'warn'>): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !failing)
          log.warn({ reason: result.error?.message }, 'traces do not reach their collector');
        if (!failed && failing) log.info('traces reach their collector again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
