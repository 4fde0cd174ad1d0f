/** The modes of TLS that promise no more than `verify-full` does. Each is taken as that. */
const STRICT = new Set(['allow', 'prefer', 'require', 'verify-full']);

/**
 * Returns the URL for the driver, with modes of TLS that mean the same in each of its versions (docs/decisions/028-engines-as-run.md):
 * TLS that verifies nobody is only what asks for it by name, `no-verify`.
 */
export function drivenUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const { searchParams } = url;
  const mode = searchParams.get('sslmode') ?? '';
  if (searchParams.get('uselibpqcompat') === 'true') return databaseUrl;
  if (STRICT.has(mode)) searchParams.set('sslmode', 'verify-full');
  else if (mode !== 'verify-ca') return databaseUrl;
  // An authority of one's own may issue certificates without the name of the host.
  else if (searchParams.has('sslrootcert')) searchParams.set('uselibpqcompat', 'true');
  else searchParams.set('sslmode', 'verify-full');
  return url.href;
}
