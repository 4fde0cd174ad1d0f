/** Unix seconds at which the clock of the recorded service stands still, and at which its requests are signed. */
export const MOMENT = 1_796_000_000;
