/** Lines that may come between two calls of `reserve`: the largest number of uploads under way. */
export const LINES_AT_ONCE = 32;
