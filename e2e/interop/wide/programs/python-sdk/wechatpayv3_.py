"""wechatpayv3 as its README has it: it has no call for the coupon's endpoint, so the favor one is taken."""
import json
import os
import tempfile

from wechatpayv3 import WeChatPay, WeChatPayType

env = os.environ
by_key = env['MODE'] != 'certificate'
try:
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=env['MCHID'],
        private_key=open(env['KEY']).read(),
        cert_serial_no=env['SERIAL'],
        apiv3_key=env['APIV3_KEY'],
        appid='wx0000000000000000',
        notify_url='https://example.com/notify',
        cert_dir=tempfile.mkdtemp(),
        public_key=open(env['PUBLIC_KEY']).read() if by_key else None,
        public_key_id=env['PUBLIC_KEY_ID'] if by_key else None,
    )
    filename = 'a' * 200 + '.png' if env['STEP'] == 'refused' else 'coupon.png'
    code, message = client.marketing_image_upload(env['FILE'], filename)
    told = f'accepted {message}' if code == 200 else f'returned: {code} {json.loads(message)["code"]}'
except Exception as error:
    told = f'{type(error).__name__}: {error}'
print('TOLD', told.replace('\n', ' '))
