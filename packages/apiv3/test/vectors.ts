import { readFileSync } from 'node:fs';

/** Reads a file of vectors/; its README describes them. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readText(name)) as T;
}

/** Reads a PEM of vectors/. */
export function readText(name: string): string {
  return readFileSync(vectorUrl(name), 'utf8');
}

export function vectorUrl(name: string): URL {
  return new URL(`../../../vectors/${name}`, import.meta.url);
}
