import { type ImageInfo, type Meta, Refusal, readMeta } from '@coupon-media/apiv3';
import type { AdmittedUpload } from './admit.js';
import type { FormFile } from './form.js';
import type { ReceivedUpload } from './receive.js';

/** Proof that the form, the name, the size, the kind, the pixels and the digest obey the rules of the page. */
export type { ValidatedImage };

/**
 * Checks the upload against the rules of the page.
 *
 * @throws Refusal 400 (contract 5.5, 5.11), or 500 if the store failed during the draft
 */
export function validate(admitted: AdmittedUpload, { content }: ReceivedUpload): ValidatedImage {
  const meta = readMeta(admitted.upload.signed, admitted.upload.sender.head.endpoint.filenameLimit);
  if (content.fault) throw content.fault;
  const { file } = content;
  if (!file) {
    throw new Refusal('parameterMissing', {
      values: { source: '/body/file', label: '图片文件' },
      detail: { field: '/body/file', issue: 'required' },
    });
  }
  // Size, magic bytes and digest each break a rule of their own: PARAM_ERROR; a head of no use is INVALID_REQUEST (contract 5.11).
  if (file.bytes === 0) throw new Refusal('fileEmpty', { detail: { field: '/body/file', issue: 'empty' } });
  if (typeof file.image === 'string') {
    throw new Refusal(file.image, { detail: { field: '/body/file', issue: file.image } });
  }
  if (file.sha256 !== meta.sha256) {
    throw new Refusal('digestWrong', {
      detail: { field: '/body/meta/sha256', value: meta.sha256, issue: `the file's is ${file.sha256}` },
    });
  }
  return new ValidatedImage(admitted, meta, file, file.image);
}

class ValidatedImage {
  protected readonly stage = 'validated';
  constructor(
    readonly admitted: AdmittedUpload,
    readonly meta: Meta,
    readonly file: FormFile,
    readonly image: ImageInfo,
  ) {}
}
