/** Bytes that the door takes of a source which is to be prepared: a longer file is neither looked at nor sent. */
export const MOST_SOURCE_BYTES = 32 * 1024 * 1024;
