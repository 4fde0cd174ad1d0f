/**
 * Tells whether a host is certainly this machine, whatever the resolver says. Other forms of these addresses are not taken for it: a wrong
 * no costs a question to an operator, a wrong yes a key.
 *
 * @param host a name or an address without its port; IPv6 with or without brackets
 *
 * @example
 * ```ts
 * import { isLoopbackHost } from '@coupon-media/apiv3';
 *
 * console.log(isLoopbackHost('[::1]'), isLoopbackHost('127.0.0.999')); // true false
 * ```
 */
export function isLoopbackHost(host: string): boolean {
  if (host === '::1' || host === '[::1]' || LOCALHOST.test(host)) return true;
  return IPV4.test(host) && host.split('.').every((part) => Number(part) <= 255);
}

/**
 * Tells whether a URL of http or https leads to this machine, and not to one whose name only begins like it.
 *
 * @example
 * ```ts
 * import { isLoopbackUrl } from '@coupon-media/apiv3';
 *
 * console.log(isLoopbackUrl('http://127.0.0.1:8080/'), isLoopbackUrl('http://localhost.example.com/')); // true false
 * ```
 */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && isLoopbackHost(hostname);
}

/** With the dot of the root, resolvers ask DNS for it. */
const LOCALHOST = /^localhost$/i;
const IPV4 = /^127(?:\.\d{1,3}){3}$/;
