import treq
from call import headers, meta, path, url
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import react


async def main(_):
    response = await treq.post(url, data={'meta': meta}, files={'file': open(path, 'rb')}, headers=headers)
    await response.content()


react(lambda reactor: ensureDeferred(main(reactor)))
