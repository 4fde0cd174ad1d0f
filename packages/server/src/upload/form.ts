import { createHash } from 'node:crypto';
import {
  createImageInspector,
  createMultipartReader,
  IMAGE_BYTES_LIMIT,
  type ImageFault,
  type ImageInfo,
  META_BYTES_LIMIT,
  Refusal,
} from '@coupon-media/apiv3';
import type { ImageDraft } from '../stores/index.js';

/** The file part, drafted and inspected while it arrived. */
export interface FormFile {
  readonly draft: ImageDraft;
  readonly bytes: number;
  /** Digest of the bytes received, in lower-case hex. */
  readonly sha256: string;
  readonly image: ImageInfo | ImageFault;
}

/** The content of a form whose body has ended. */
export interface FormContent {
  readonly file: FormFile | undefined;
  /** The first thing that was wrong. */
  readonly fault: Refusal | undefined;
}

/**
 * The form of an upload while it arrives. The meta part is held in memory; the file is hashed, inspected and drafted.
 */
export interface UploadForm {
  /** @returns a promise if the caller must wait for the draft */
  write(chunk: Buffer): void | Promise<void>;
  /** @returns the raw bytes of meta, once its part is complete */
  meta(): Buffer | undefined;
  /** Returns the content. Call it after the body has ended. */
  content(): FormContent;
  /** Drops the draft and keeps nothing more. */
  discard(): void;
}

/**
 * @param contentType the request's header, as sent
 * @param openDraft called when the file part begins
 */
export function createUploadForm(contentType: string | undefined, openDraft: () => ImageDraft): UploadForm {
  let fault: Refusal | undefined;
  const meta = collectMeta(() => file.drop());
  const file = draftFile(openDraft, refuse);
  const sinks = new Map<string | undefined, PartSink>([
    ['meta', meta],
    ['file', file],
  ]);
  const begun = new Set<PartSink>();
  let sink: PartSink | undefined;

  const reader = createMultipartReader(contentType, {
    partBegin(name) {
      // By the part's name alone: type, filename and any other header of it say nothing (contract 4.3, 4.4). Unknown parts are ignored
      // (contract 4.7).
      sink = sinks.get(name);
      if (sink && begun.has(sink)) {
        // A second `meta` or `file` part is refused: ambiguity there is a way round the signature (contract 4.7).
        refuse(
          new Refusal('partRepeated', { values: { part: String(name) }, detail: { field: `/body/${name}` } }),
        );
        sink = undefined;
      }
      if (!sink) return;
      begun.add(sink);
      sink.begin();
    },
    partData: (bytes) => sink?.data(bytes),
    partEnd: () => sink?.end(),
  });

  /** Only the first fault is reported. After any fault, no further byte is worth keeping. */
  function refuse(refusal: Refusal): void {
    fault ??= refusal;
    file.drop();
  }

  return {
    write(chunk) {
      reader.write(chunk);
      return file.flush();
    },
    meta: meta.bytes,
    content() {
      const issue = reader.end();
      if (issue) refuse(new Refusal('formMalformed', { detail: { field: '/body', issue } }));
      return { file: file.result(), fault };
    },
    discard: file.drop,
  };
}

/** Receives the bytes of one part. */
interface PartSink {
  begin(): void;
  data(bytes: Buffer): void;
  end(): void;
}

/**
 * Collects the meta part. A meta part that is too long yields nothing, so that no signature can cover it.
 *
 * @param onTooLong called if the upload will be refused, so that the other parts need not be kept
 */
function collectMeta(onTooLong: () => void): PartSink & { bytes(): Buffer | undefined } {
  const pieces: Buffer[] = [];
  let length = 0;
  let whole: Buffer | undefined;
  return {
    begin() {},
    data(bytes) {
      length += bytes.length;
      if (length <= META_BYTES_LIMIT) pieces.push(bytes);
      else onTooLong();
    },
    end() {
      if (length <= META_BYTES_LIMIT) whole = Buffer.concat(pieces);
    },
    bytes: () => whole,
  };
}

interface FileSink extends PartSink {
  /** Passes the bytes that have arrived to the draft. */
  flush(): void | Promise<void>;
  drop(): void;
  result(): FormFile | undefined;
}

function draftFile(openDraft: () => ImageDraft, refuse: (refusal: Refusal) => void): FileSink {
  const hash = createHash('sha256');
  const inspector = createImageInspector();
  let draft: ImageDraft | undefined;
  let dropped = false;
  let bytes = 0;
  let arrived: Buffer[] = [];

  function drop(): void {
    if (dropped) return;
    dropped = true;
    arrived = [];
    // If the draft cannot be removed now, the sweep at the next start removes it.
    draft?.discard().catch(() => {});
  }

  /** Writes pieces to the draft in order, one after another. */
  function write(pieces: Buffer[], from: number): void | Promise<void> {
    for (let at = from; draft && !dropped && at < pieces.length; at += 1) {
      const pending = draft.write(pieces[at] as Buffer);
      if (pending) return pending.then(() => write(pieces, at + 1));
    }
  }

  /** Turns a failure of the store, synchronous or not, into a refusal that is reported in its turn. */
  function guarded(work: () => void | Promise<void>): void | Promise<void> {
    const failed = (cause: unknown) => refuse(new Refusal('systemError', { cause }));
    try {
      return work()?.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  }

  return {
    begin() {
      if (dropped) return;
      void guarded(() => {
        draft = openDraft();
      });
    },
    data(piece) {
      if (dropped) return;
      bytes += piece.length;
      if (bytes > IMAGE_BYTES_LIMIT)
        return refuse(new Refusal('fileTooLarge', { detail: { field: '/body/file' } }));
      hash.update(piece);
      inspector.write(piece);
      arrived.push(piece);
    },
    end() {},
    flush() {
      if (arrived.length === 0) return;
      const pieces = arrived;
      arrived = [];
      return guarded(() => write(pieces, 0));
    },
    drop,
    result: () => draft && { draft, bytes, sha256: hash.digest('hex'), image: inspector.result() },
  };
}
