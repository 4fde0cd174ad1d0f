import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { createSpans, type Spans } from './spans.js';

/** The traces of one service, exported to a collector. */
export interface Tracing extends Spans {
  /** Sends the remaining spans, within a few seconds. */
  close(): Promise<void>;
}

/** Milliseconds that a stopping service gives its collector. */
const FLUSH_TIME = 3_000;

/**
 * Opens the SDK of OpenTelemetry. The SDK reads its own environment variables: the target (`OTEL_EXPORTER_OTLP_*`), the
 * identity (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`), the sampling (`OTEL_TRACES_SAMPLER`,
 * `OTEL_TRACES_SAMPLER_ARG`) and the batching (`OTEL_BSP_*`). settings/config.ts decides whether it is opened at all.
 *
 * @param version the version of the service
 * @param trustsAnyone whether `traceparent` is honoured before the caller is authenticated
 */
export function openTracing(
  version: string,
  log: { info(message: string): void; warn(fields: object, message: string): void },
  trustsAnyone: boolean,
): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'coupon-media', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = reported(new OTLPTraceExporter(), log);
  // Nothing is registered globally, because one process may run several services.
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

/** Wraps an exporter and logs the first of several failures in a row, and the recovery. */
function reported(
  exporter: SpanExporter,
  log: { info(message: string): void; warn(fields: object, message: string): void },
): SpanExporter {
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
