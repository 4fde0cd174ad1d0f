import { expect, test } from 'vitest';
import { fetched } from './evidence.js';
import { fillDisk } from './faults.js';
import { imageOf, uploadOf, urlOf } from './images.js';
import { missing } from './machine.js';
import { connect } from './peer.js';
import { copyOf, credentialsOf, prepareFolder, removeAfterwards, serve } from './service.js';

test('a service that was killed on a full disk starts there again and serves its images', async ({
  skip,
}) => {
  const lacking = await missing('mount');
  if (lacking) skip(lacking);
  const prepared = await prepareFolder();
  removeAfterwards(prepared);
  const folder = await copyOf(prepared, 16 * 1024 * 1024);
  const credentials = await credentialsOf(folder);
  const images = [imageOf(10_000), imageOf(100_000)];

  const first = await serve(folder);
  const peer = await connect(credentials);
  for (const image of images)
    expect(await peer.upload(await uploadOf(credentials, image))).toMatchObject({ status: 200 });
  const clear = await fillDisk(folder, 0);
  await first.kill();

  await serve(folder);
  for (const image of images) expect(await fetched(urlOf(credentials, image), image.sha256)).toBe('exact');
  const again = await connect(credentials);
  const upload = await uploadOf(credentials, imageOf(10_000));
  expect(await again.upload(upload)).toMatchObject({ status: 500 });
  await clear();
  expect(await again.upload(upload)).toMatchObject({ status: 200 });
});
