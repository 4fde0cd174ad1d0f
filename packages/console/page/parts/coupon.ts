/** Details that a coupon may have (contract 8.1). */
export const MOST_DETAILS = 8;
