import { tmpdir } from 'node:os';
import path from 'node:path';

/** A language of samples/, and how its sample is run. */
export interface Language {
  readonly language: string;
  /** The folder in samples/, in which the command is run. */
  readonly folder: string;
  /** As samples/README.md has it; the image follows. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Succeeds where all is there that the sample needs. */
  readonly check: readonly [program: string, ...args: string[]];
  /** What brings it: packages of Debian, where they have what the sample needs. */
  readonly debian: readonly string[];
  /** What a person installs. */
  readonly needs: string;
  /** Builds before the first run. */
  readonly build?: readonly [program: string, ...args: string[]];
  /** What runs the result of the build, where the command would build it again. */
  readonly built?: readonly [program: string, ...args: string[]];
}

/** What is built or installed for the samples, and kept from run to run. */
export const CACHE = path.join(tmpdir(), 'coupon-media-samples');

/** A virtual environment has the libraries of Python where the machine's own Python lacks them. */
export const VENV = path.join(CACHE, 'venv');

// Without TLS, which the sandbox does not need: most of the time of the build is its.
const CARGO = ['--quiet', '--no-default-features', '--target-dir', path.join(CACHE, 'rust')];

const MONO_PROGRAM = path.join(CACHE, 'UploadImage.exe');

export const LANGUAGES: readonly Language[] = [
  {
    language: 'curl',
    folder: 'curl',
    command: ['sh', 'upload.sh'],
    check: ['sh', '-c', 'curl --version && openssl version'],
    debian: ['curl', 'openssl'],
    needs: 'curl and openssl',
  },
  {
    language: 'Java',
    folder: 'java',
    command: ['java', 'UploadImage.java'],
    check: ['javac', '--release', '17', '-version'],
    debian: ['openjdk-17-jdk-headless'],
    needs: 'a JDK of version 17 or later',
    build: ['javac', '-d', path.join(CACHE, 'java'), 'UploadImage.java'],
    built: ['java', '-cp', path.join(CACHE, 'java'), 'UploadImage'],
  },
  {
    language: 'Go',
    folder: 'go',
    command: ['go', 'run', 'upload.go'],
    check: ['go', 'version'],
    debian: ['golang-go'],
    needs: 'Go 1.19 or later',
  },
  {
    language: 'Python',
    folder: 'python',
    command: ['python3', 'upload.py'],
    check: ['python3', '-c', 'import cryptography'],
    debian: ['python3-venv'],
    needs: 'Python 3.9 or later with cryptography',
  },
  {
    language: 'Rust',
    folder: 'rust',
    command: ['cargo', 'run', ...CARGO, '--'],
    check: ['cargo', '--version'],
    // Its version is older than the crates.
    debian: [],
    needs: 'cargo',
    build: ['cargo', 'build', ...CARGO],
  },
  {
    language: 'PHP',
    folder: 'php',
    command: ['php', 'upload.php'],
    check: ['php', '-r', 'exit(extension_loaded("curl") && PHP_VERSION_ID >= 80100 ? 0 : 1);'],
    debian: ['php-cli', 'php-curl'],
    needs: 'PHP 8.1 or later with its extension curl',
  },
  {
    language: 'Ruby',
    folder: 'ruby',
    command: ['ruby', 'upload.rb'],
    check: ['ruby', '-e', 'exit(RUBY_VERSION >= "3")'],
    debian: ['ruby'],
    needs: 'Ruby 3.0 or later',
  },
  {
    language: 'C# on Mono',
    folder: 'csharp',
    command: ['mono', MONO_PROGRAM],
    check: ['sh', '-c', 'mono --version && mcs --version'],
    debian: [
      'mono-mcs',
      'mono-runtime',
      'libmono-system-net-http4.0-cil',
      'libmono-system-runtime-serialization4.0-cil',
    ],
    needs: 'Mono 6 with mcs',
    build: [
      'mcs',
      '-warnaserror',
      '-r:System.Net.Http.dll',
      '-r:System.Runtime.Serialization.dll',
      `-out:${MONO_PROGRAM}`,
      'UploadImage.cs',
    ],
  },
  {
    language: 'C# on .NET',
    folder: 'csharp',
    command: ['dotnet', 'run', '--'],
    check: ['dotnet', '--version'],
    // Debian has none.
    debian: [],
    needs: 'the SDK of .NET 8 or later',
  },
];
