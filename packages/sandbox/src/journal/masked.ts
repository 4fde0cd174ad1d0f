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
  if (!scheme.startsWith('WECHATPAY')) return `${scheme} ${HIDDEN}`;
  return signature ? value : value.replace(/(signature=")[^"]*/i, `$1${HIDDEN}`);
}

const HIDDEN = '[hidden]';
