/** express and multer, as their manuals show them. */
import http from 'node:http';
import express from 'express';
import multer from 'multer';
import { listen } from './listen.mjs';
import { handleUpload } from './upload-duties.mjs';

/** @type {import('./host.mjs').StartServer} */
export async function start(settings) {
  const app = express();
  const form = multer({ storage: multer.memoryStorage(), limits: { fileSize: 2 * 1024 * 1024 } });
  app.post(
    '/v3/marketing/partner/product-coupon/media/upload-image',
    form.single('file'),
    async (req, res) => {
      const { status, headers, body } = await handleUpload(
        {
          url: req.originalUrl,
          authorization: req.headers.authorization,
          meta: req.body.meta,
          file: req.file.buffer,
        },
        settings,
      );
      res.status(status).set(headers).send(body);
    },
  );
  return listen(http.createServer(app));
}
