import { fill, type Language, type Text } from '@coupon-media/apiv3';

/**
 * Puts this program's options, and the keys of its profile, in place of the options of the SDK in a remedy of the SDK, so that
 * everybody can follow it here.
 */
export function inOwnTerms(remedy: Text, language: Language): string {
  return TERMS.reduce(
    (text, [term, own]) => text.replace(term, own[language]),
    fill(remedy[language], language),
  );
}

const same = (own: string): Text => ({ 'zh-CN': own, en: own });

/** The longest terms first. */
const TERMS: readonly (readonly [term: RegExp, own: Text])[] = [
  [/limit\.perSecond/g, same('--rate')],
  [/deadlines\.\w+/g, same('--timeout')],
  [/wechatPayPublicKeys/g, same('wechatPayPublicKeyId, wechatPayPublicKeyPath')],
  [
    /^Pass filename:|^传入 filename：/,
    { 'zh-CN': '重命名文件，或用 --filename 指定文件名：', en: 'Rename the file, or give --filename:' },
  ],
  [/, so share one limiter|，请共用一个限流器/, same('')],
  [
    /^See message, detail and rawBody; give requestId|^查看 message、detail 和 rawBody；联系微信支付时附上 requestId/,
    { 'zh-CN': '联系微信支付时附上 Request-ID', en: 'Give the Request-ID' },
  ],
  [/giving requestId|附上 requestId/, { 'zh-CN': '附上 Request-ID', en: 'giving the Request-ID' }],
  [
    /^Check path, hosts or baseUrl|^检查 path、hosts 或 baseUrl/,
    { 'zh-CN': '检查 --base-url（配置项 baseUrl）', en: 'Check --base-url (baseUrl of the profile)' },
  ],
  [
    /that message and detail name|message 和 detail 指出的/,
    { 'zh-CN': '以上信息指出的', en: 'that this message names' },
  ],
  [
    /Change the option that the error names, as its message says|请按 message 的提示修改 option 指明的选项/,
    {
      'zh-CN': '请按以上提示修改该选项或配置项',
      en: 'Change the option, or the key of the profile, that this message names',
    },
  ],
  [
    /^Compare method with the endpoint's page|^对照接口文档检查 method/,
    {
      'zh-CN': '检查 --base-url，以及是否有代理改动了请求',
      en: 'Check --base-url, and whether a proxy alters requests',
    },
  ],
  [/^Make the client with mchid for|用 brandId 创建客户端/, { 'zh-CN': '用 brandId', en: 'Give mchid for' }],
  [
    /; check that the raw body was passed|；核对是否传入了原始报文/,
    { 'zh-CN': '；检查代理是否改动了应答', en: '; check whether a proxy alters responses' },
  ],
  [/; see cause|；原因见 cause/, same('')],
  [/, or the stream's origin|，或流的来源/, same('')],
];
