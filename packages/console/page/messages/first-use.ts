import type { Text } from '@coupon-media/apiv3';

/** The room that leads to the first upload by a program. */
export const FIRST_USE = {
  title: { 'zh-CN': '首次使用', en: 'First use' },
  values: { 'zh-CN': '此沙箱的五项配置和地址', en: 'The five values of this sandbox, and its address' },
  keyStays: {
    'zh-CN': '私钥只显示路径，内容不会传到浏览器。',
    en: 'The private key is shown by its path. Its content does not reach the browser.',
  },
  mchid: { 'zh-CN': '商户号', en: 'Merchant ID' },
  certificateSerialNo: { 'zh-CN': '商户 API 证书序列号', en: 'Serial of the API certificate' },
  privateKeyPath: { 'zh-CN': '商户 API 私钥', en: 'Private key' },
  wechatPayPublicKeyId: { 'zh-CN': '微信支付公钥 ID', en: 'Id of WeChat Pay’s public key' },
  wechatPayPublicKeyPath: { 'zh-CN': '微信支付公钥', en: 'WeChat Pay’s public key' },
  baseUrl: { 'zh-CN': '地址', en: 'Address' },
  copy: { 'zh-CN': '复制 {name}', en: 'Copy {name}' },
  copyCode: { 'zh-CN': '复制代码', en: 'Copy the program' },
  copyCommand: { 'zh-CN': '复制命令', en: 'Copy the commands' },
  upload: { 'zh-CN': '第一次上传', en: 'The first upload' },
  language: { 'zh-CN': '编程语言', en: 'Language' },
  run: {
    'zh-CN': '在项目的 samples/{folder} 中运行，IMAGE 换成图片路径：',
    en: 'Run it in samples/{folder} of the project, with the path of an image for IMAGE:',
  },
  code: { 'zh-CN': '程序', en: 'The program' },
  arrived: { 'zh-CN': '收到的请求', en: 'What has arrived' },
  waiting: {
    'zh-CN': '还没有请求到达。运行上面的命令，结果会立即显示在这里。',
    en: 'Nothing has arrived yet. Run the commands above; what comes is shown here at once.',
  },
  success: {
    'zh-CN': '成功：签名、表单和图片都正确。',
    en: 'Well done: signature, form and image are right.',
  },
  notASandbox: {
    'zh-CN': '此页面只在沙箱中可用：npm start 启动沙箱。',
    en: 'This page is for sandboxes: `npm start` starts one.',
  },
} as const satisfies Record<string, Text>;
