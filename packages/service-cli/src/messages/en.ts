/** What the service's commands say, in English. */
export const en = {
  'sandbox.description':
    'run a whole service for development, with generated keys, and upload three pictures to it',
  'serve.description': 'run the service',
  'cluster.notInstalled':
    'the configuration names a cluster, whose engines are a package of their own: npm install @coupon-media/cluster',
} as const satisfies Readonly<Record<string, string>>;
