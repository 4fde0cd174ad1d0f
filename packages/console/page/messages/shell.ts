import type { Text } from '@coupon-media/apiv3';

/** The words around the rooms: header, access, what the server said. */
export const SHELL = {
  title: { 'zh-CN': '商品券图片', en: 'Coupon images' },
  skip: { 'zh-CN': '跳到正文', en: 'Skip to the content' },
  rooms: { 'zh-CN': '页面', en: 'Pages' },
  upload: { 'zh-CN': '上传', en: 'Upload' },
  firstUse: { 'zh-CN': '首次使用', en: 'First use' },
  gallery: { 'zh-CN': '图库', en: 'Gallery' },
  inspector: { 'zh-CN': '请求', en: 'Requests' },
  faults: { 'zh-CN': '故障', en: 'Faults' },
  faultsOn: { 'zh-CN': '（已打开 {n} 项）', en: '({n} on)' },
  status: { 'zh-CN': '状态', en: 'Status' },
  otherLanguage: { 'zh-CN': 'English', en: '简体中文' },
  token: { 'zh-CN': '访问令牌', en: 'Token' },
  tokenHelp: {
    'zh-CN': '用 coupon-media token create 在服务器上创建。页面不保存令牌，只用它登录一次，最长 8 小时。',
    en: '`coupon-media token create` makes one on the server. The page does not keep it: it signs in with it, for eight hours at most.',
  },
  enter: { 'zh-CN': '登录', en: 'Sign in' },
  leave: { 'zh-CN': '退出', en: 'Sign out' },
  signedIn: { 'zh-CN': '已登录：{name}（账户 {account}）', en: 'Signed in: {name}, account {account}' },
  tokenForm: {
    'zh-CN': '令牌格式不对：应以 cmr_ 开头，请完整复制。',
    en: 'This is no token: one begins with cmr_. Copy it whole.',
  },
  nothingHere: { 'zh-CN': '没有这个页面。', en: 'There is no such page.' },
} as const satisfies Record<string, Text>;

/** Problems that the page finds itself; those of the server come with their sentences. */
export const TROUBLE = {
  offline: {
    'zh-CN': '连接不上服务器；恢复后自动继续。',
    en: 'The server cannot be reached. This goes on by itself when it can.',
  },
  noDoor: {
    'zh-CN':
      '此服务器没有 /v1 接口：这里可以检查图片，不能上传。沙箱加 door: true（或用 npm start 启动）即有此接口，中继（relay）总是有。',
    en: 'This server has no /v1: images can be judged here, and not uploaded. A sandbox has it with `door: true` or by `npm start`, and a relay always.',
  },
  unreadable: {
    'zh-CN': '服务器的应答无法识别（状态码 {status}）。',
    en: 'The server’s answer cannot be read (status {status}).',
  },
  changed: {
    'zh-CN': '文件在选择之后被改动或移走，请重新选择。',
    en: 'The file was changed or moved after it was chosen. Choose it again.',
  },
  unfit: { 'zh-CN': '没有发送，原因见检查结果。', en: 'It was not sent: see its verdict.' },
} as const satisfies Record<string, Text>;
