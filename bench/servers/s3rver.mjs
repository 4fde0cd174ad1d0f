/** PUT of s3rver: no signatures, an MD5, and no fsync. */
import S3rver from 's3rver';

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder }) {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'bench', configs: [] }],
  });
  const { port } = await server.run();
  return port;
}
