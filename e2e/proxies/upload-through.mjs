// Uploads one image through a proxy, in a process of its own so that NODE_EXTRA_CA_CERTS holds, and prints what came of it.
// usage: node e2e/proxies/upload-through.mjs CREDENTIALS.json BASE_URL PROXY IMAGE
import { createClient } from '@coupon-media/client';

const [profile, baseUrl, proxy, image] = process.argv.slice(2);
const client = createClient({ profile, baseUrl, proxy, retries: 0 });
try {
  const { imageUrl } = await client.uploadImage(image);
  console.log(imageUrl.endsWith('.png') ? 'works' : imageUrl);
} catch (error) {
  console.log(error.message);
}
await client.close();
