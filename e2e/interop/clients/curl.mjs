/** The installed curl, with the options of the page's own command, or with ones that change what it sends. */
import { execFileSync } from 'node:child_process';
import { authorizationOf, parseAnswer, readCall, tell } from './call.mjs';

const VARIANTS = {
  chunked: ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:'],
  'Expect: 100-continue': ['-H', 'Expect: 100-continue', '--expect100-timeout', '60'],
};

const call = readCall();
const output = execFileSync(
  'curl',
  [
    '--silent',
    '--show-error',
    '--noproxy',
    '*',
    '--include',
    '-H',
    `Authorization: ${authorizationOf(call)}`,
    '-H',
    'Accept: application/json',
    '-H',
    `Wechatpay-Serial: ${call.platformKeyId}`,
    ...(VARIANTS[call.variant] ?? []),
    '--form-string',
    `meta=${call.meta}`,
    '-F',
    `file=@${call.picture};type=image/png;filename="a\\"b.png"`,
    call.credentials.baseUrl + call.path,
  ],
  { encoding: 'utf8' },
);
tell(parseAnswer(output));
