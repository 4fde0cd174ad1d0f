/** Images from a folder by @fastify/static, as its manual shows it. */
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder }) {
  const app = fastify();
  await app.register(fastifyStatic, { root: folder });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.server.address().port;
}
