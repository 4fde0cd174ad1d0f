/** @returns whether an origin is of this machine alone, whatever it is called on the way: never of one that only begins like it */
export function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (
    /^https?:$/.test(protocol) && /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/.test(hostname)
  );
}
