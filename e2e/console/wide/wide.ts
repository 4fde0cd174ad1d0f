/** Whether `npm run console:wide` runs: what takes minutes, or prints numbers, is no part of `npm test`. */
export const isWide = process.env.TEST_CONSOLE === 'wide';
