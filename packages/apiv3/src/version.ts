/** The release that all packages are of; e2e/version.test.ts holds it to theirs. */
export const VERSION = '0.1.0';
