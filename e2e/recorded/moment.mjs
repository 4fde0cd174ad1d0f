/** The Unix second of the recorded service's clock, which does not move. Its requests are signed at this time. */
export const MOMENT = 1_796_000_000;
