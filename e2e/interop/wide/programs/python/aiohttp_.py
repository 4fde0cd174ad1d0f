import asyncio

import aiohttp
from call import headers, meta, path, url


async def main():
    form = aiohttp.FormData()
    form.add_field('meta', meta)
    form.add_field('file', open(path, 'rb'))
    async with aiohttp.ClientSession() as session, session.post(url, data=form, headers=headers) as response:
        await response.read()


asyncio.run(main())
