/** The stages of the service that a request passes, in order, as the sandbox's journal names them. A test compares them with it. */

/** Of an upload. */
export const UPLOAD_STAGES = [
  'enter',
  'identify',
  'receive',
  'authenticate',
  'admit',
  'validate',
  'store',
  'publish',
  'respond',
] as const;

/** Of any other signed request. */
export const CALL_STAGES = ['identify', 'receive', 'authenticate', 'admit', 'handle', 'respond'] as const;
