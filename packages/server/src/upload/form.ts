import { createHash } from 'node:crypto';
import {
  createImageInspector,
  IMAGE_BYTES_LIMIT,
  type ImageFault,
  type ImageInfo,
  Refusal,
} from '@coupon-media/apiv3';
import type { ImageDraft } from '../stores/index.js';
import { createMultipartReader } from './multipart.js';

/** The file part, drafted and measured as it came. */
export interface FormFile {
  readonly draft: ImageDraft;
  readonly bytes: number;
  /** Of the bytes received, lower-case hex. */
  readonly sha256: string;
  readonly image: ImageInfo | ImageFault;
}

/** What a form held, once its body has ended. */
export interface FormContent {
  readonly file: FormFile | undefined;
  /** What was wrong first. */
  readonly fault: Refusal | undefined;
}

/** An upload's form on its way in: meta is held; the file is hashed, inspected and drafted. */
export interface UploadForm {
  /** @returns a promise where the writer is to wait, since the draft is writing */
  write(chunk: Buffer): void | Promise<void>;
  /** @returns meta's raw bytes, from when its part is complete */
  meta(): Buffer | undefined;
  /** To be asked when the body has ended. */
  content(): FormContent;
  /** Keeps nothing more and drops what was drafted. */
  discard(): void;
}

/** Bytes that a meta part may have. A filename and a digest need fewer than a thousand. */
const META_LIMIT = 16 * 1024;

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

  /** The first fault is the one that is told; after any, no byte is worth keeping. */
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

/** Takes one part's bytes. */
interface PartSink {
  begin(): void;
  data(bytes: Buffer): void;
  end(): void;
}

/**
 * Of a part that is too long nothing is given, so that nothing is covered by a signature (contract 2.8).
 *
 * @param onTooLong the upload will be refused: what else comes is worth nothing
 */
function collectMeta(onTooLong: () => void): PartSink & { bytes(): Buffer | undefined } {
  const pieces: Buffer[] = [];
  let length = 0;
  let whole: Buffer | undefined;
  return {
    begin() {},
    data(bytes) {
      length += bytes.length;
      if (length <= META_LIMIT) pieces.push(bytes);
      else onTooLong();
    },
    end() {
      if (length <= META_LIMIT) whole = Buffer.concat(pieces);
    },
    bytes: () => whole,
  };
}

interface FileSink extends PartSink {
  /** Hands what arrived on to the draft. */
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
    // What cannot be removed now is swept when the store is opened next.
    draft?.discard().catch(() => {});
  }

  /** Writes to the draft in order, one after another. */
  function write(pieces: Buffer[], from: number): void | Promise<void> {
    for (let at = from; draft && !dropped && at < pieces.length; at += 1) {
      const pending = draft.write(pieces[at] as Buffer);
      if (pending) return pending.then(() => write(pieces, at + 1));
    }
  }

  /** A failure is the store's, and is told in its turn, whether it comes at once or later. */
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
