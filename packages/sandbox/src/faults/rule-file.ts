import { readFile } from 'node:fs/promises';
import { fileErrorText, filled, withReason } from '@coupon-media/apiv3';
import { SandboxError } from '../run/sandbox-error.js';
import { readFaultRules } from './read-rule.js';
import type { FaultRule } from './rule.js';

/**
 * Reads a rule file: JSON with `{"rules": […]}`, or with one rule.
 *
 * @throws SandboxError that names the file, and the path of a key that is wrong in it
 */
export async function readFaultFile(file: string): Promise<readonly FaultRule[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SandboxError('FAULT_FILE', withReason(file, fileErrorText(cause)), { cause });
  });
  try {
    return readFaultRules(JSON.parse(text), Date.now());
  } catch (cause) {
    if (cause instanceof SandboxError)
      throw new SandboxError(cause.code, withReason(file, cause.texts), { cause });
    const reason = filled(NO_JSON, { why: cause instanceof Error ? cause.message : String(cause) });
    throw new SandboxError('FAULT_FILE', withReason(file, reason), { cause });
  }
}

const NO_JSON = { en: 'not JSON: {why}', 'zh-CN': '不是 JSON：{why}' };
