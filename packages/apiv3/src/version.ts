/** The release of all packages; e2e/version.test.ts compares it with their package.json. */
export const VERSION = '0.1.0';
