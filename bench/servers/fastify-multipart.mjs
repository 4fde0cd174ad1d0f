/** fastify and @fastify/multipart, as their manuals show them. */
import multipart from '@fastify/multipart';
import fastify from 'fastify';
import { handleUpload } from './upload-duties.mjs';

/** @type {import('./host.mjs').StartServer} */
export async function start(settings) {
  const app = fastify();
  await app.register(multipart, { limits: { fileSize: 2 * 1024 * 1024 } });
  app.post('/v3/marketing/partner/product-coupon/media/upload-image', async (request, reply) => {
    const part = await request.file();
    const file = await part.toBuffer();
    const { status, headers, body } = await handleUpload(
      {
        url: request.url,
        authorization: request.headers.authorization,
        // The library has parsed meta, so the signed bytes are lost: this is correct only for meta without extra spaces.
        meta: JSON.stringify(part.fields.meta.value),
        file,
      },
      settings,
    );
    return reply.code(status).headers(headers).send(body);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.server.address().port;
}
