/** What stands for a secret in the files that are made up: base64 as a key has it, and never to be seen again. */
export const CANARY = 'Zk3vQ9xT1bLw7RyN5mHc2JdP8sFgU4aXeK6oVtB0iYzCqWnM3hDjE1lSrG7uOp9Q';

/** The same as files of keys have it. */
export const CANARY_PEM = `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`;

/** The same in a profile. */
export const CANARY_SETTINGS: readonly string[] = [
  `"apiV3Key":"${CANARY}"`,
  `"privateKey":${JSON.stringify(CANARY_PEM)}`,
];

/** Whether bytes hold it so that anybody can see it to be a secret: pieces of a key are texts like others. */
export function holdsSecret(bytes: Buffer): boolean {
  return [CANARY_PEM, ...CANARY_SETTINGS].some((secret) => bytes.includes(secret));
}
