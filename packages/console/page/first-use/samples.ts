import csharp from '../../../../samples/csharp/UploadImage.cs?url';
import curl from '../../../../samples/curl/upload.sh?url';
import go from '../../../../samples/go/upload.go?url';
import java from '../../../../samples/java/UploadImage.java?url';
import php from '../../../../samples/php/upload.php?url';
import python from '../../../../samples/python/upload.py?url';
import ruby from '../../../../samples/ruby/upload.rb?url';
import rust from '../../../../samples/rust/src/main.rs?url';
import typescript from '../../../../samples/typescript/upload.ts?url';

/** The programs of samples/, which the build copies beside the page: there is one source, and the tests of samples/ run it. */
export const SAMPLES = [
  { name: 'curl', folder: 'curl', address: curl },
  { name: 'Java', folder: 'java', address: java },
  { name: 'Go', folder: 'go', address: go },
  { name: 'Python', folder: 'python', address: python },
  { name: 'Rust', folder: 'rust', address: rust },
  { name: 'PHP', folder: 'php', address: php },
  { name: 'Ruby', folder: 'ruby', address: ruby },
  { name: 'C#', folder: 'csharp', address: csharp },
  { name: 'TypeScript', folder: 'typescript', address: typescript },
] as const;

export type Sample = (typeof SAMPLES)[number];

/** @returns how a program says that it is run, in its folder: `python3 upload.py IMAGE` */
export function usageOf(text: string): string {
  return /usage: (.*? IMAGE)\b/.exec(text)?.[1] ?? '';
}
