/**
 * Hides what would let somebody else act as the sender: bearer tokens, cookies and passwords always, and the value of a signature
 * unless it is asked for.
 */
export function masked(
  headers: readonly (readonly [name: string, value: string])[],
  { signature }: { readonly signature: boolean },
): (readonly [name: string, value: string])[] {
  return headers.map(([name, value]) => [name, maskedValue(name.toLowerCase(), value, signature)]);
}

function maskedValue(name: string, value: string, signature: boolean): string {
  if (name === 'cookie' || name === 'set-cookie' || name === 'proxy-authorization') return HIDDEN;
  if (name !== 'authorization') return value;
  const [scheme = ''] = value.split(' ', 1);
  if (!/^wechatpay/i.test(scheme)) return value.includes(' ') ? `${scheme} ${HIDDEN}` : HIDDEN;
  // A header that is not well-formed may have its signature without quotation marks.
  return signature ? value : value.replace(/(signature\s*=\s*)(?:"[^"]*"?|[^,]*)/gi, `$1"${HIDDEN}"`);
}

const HIDDEN = '[hidden]';
