/** YAML, as compose and Kubernetes read it: anchors, merge keys, a key once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';

/**
 * @param {string} root
 * @param {string} file
 * @returns {{ documents: any[], findings: string[] }}
 */
export function readYaml(root, file) {
  const lines = new LineCounter();
  const text = readFileSync(path.join(root, file), 'utf8');
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  const findings = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map(
      (error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`,
    ),
  );
  return { documents: findings.length > 0 ? [] : documents.map((document) => document.toJS()), findings };
}
