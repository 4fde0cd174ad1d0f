import asyncio

import aiosonic
from aiosonic.multipart import MultipartForm
from call import headers, meta, path, url


async def main():
    form = MultipartForm()
    form.add_field('meta', meta)
    form.add_field('file', open(path, 'rb'), path.rsplit('/', 1)[-1])
    async with aiosonic.HTTPClient() as client:
        await client.post(url, data=form, headers=headers)


asyncio.run(main())
