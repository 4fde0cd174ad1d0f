import type { Text } from '@coupon-media/apiv3';

export const INSPECTOR = {
  title: { 'zh-CN': '请求', en: 'Requests' },
  live: { 'zh-CN': '实时更新', en: 'Live' },
  paused: {
    'zh-CN': '已暂停，期间收到 {n} 条新请求',
    en: 'Paused; {n} {n:request has|requests have} come since',
  },
  away: {
    'zh-CN': '与沙箱的连接已断开，正在重连…',
    en: 'The sandbox does not answer. The page goes on trying.',
  },
  pause: { 'zh-CN': '暂停', en: 'Pause' },
  goOn: { 'zh-CN': '继续', en: 'Go on' },
  forget: { 'zh-CN': '清空记录', en: 'Forget all' },
  none: {
    'zh-CN': '还没有请求。用任意客户端向本沙箱上传一张图片，就会出现在这里。',
    en: 'No request yet. Upload an image to this sandbox with any client, and it appears here.',
  },
  noneFits: { 'zh-CN': '没有符合筛选条件的请求。', en: 'No request passes the filters.' },
  filters: { 'zh-CN': '筛选', en: 'Filters' },
  ending: { 'zh-CN': '结果', en: 'Outcome' },
  all: { 'zh-CN': '全部', en: 'All' },
  succeeded: { 'zh-CN': '成功', en: 'Succeeded' },
  failed: { 'zh-CN': '未成功', en: 'Did not succeed' },
  code: { 'zh-CN': '错误码', en: 'Code' },
  merchant: { 'zh-CN': '商户号', en: 'Merchant' },
  text: { 'zh-CN': '搜索', en: 'Search' },
  textHelp: { 'zh-CN': '路径、文件名或错误说明', en: 'Path, filename or mistake' },
  list: { 'zh-CN': '请求列表，最新的在前', en: 'Requests, newest first' },
  more: { 'zh-CN': '再显示 {n} 条', en: 'Show {n} more' },
  shown: { 'zh-CN': '{all} 条中的 {n} 条', en: '{n} of {all}' },
  replayOf: { 'zh-CN': '#{n} 的重放', en: 'replay of #{n}' },
  faulty: { 'zh-CN': '故障规则', en: 'fault rule' },
  request: { 'zh-CN': '请求 #{n}', en: 'Request #{n}' },
  close: { 'zh-CN': '返回列表', en: 'Back to the list' },
  gone: {
    'zh-CN': '没有这条请求，或它已被更新的请求挤出记录。',
    en: 'There is no such request, or newer ones took its place.',
  },
  reading: { 'zh-CN': '读取中…', en: 'Reading…' },
  mistake: { 'zh-CN': '问题与处理办法', en: 'The mistake, and what to do' },
  right: { 'zh-CN': '请求正确，没有发现问题。', en: 'Nothing is wrong with the request.' },
  response: { 'zh-CN': '应答', en: 'Response' },
  noResponse: { 'zh-CN': '没有应答：对方已断开连接。', en: 'None: the sender was gone.' },
  notWhole: { 'zh-CN': '应答没有发送完。', en: 'It was not written to its end.' },
  headers: { 'zh-CN': '请求头', en: 'Headers' },
  name: { 'zh-CN': '名称', en: 'Name' },
  value: { 'zh-CN': '值', en: 'Value' },
  sensitive: { 'zh-CN': '敏感字段（已解密）', en: 'Sensitive fields, decrypted' },
} as const satisfies Record<string, Text>;

/** The five lines that are signed. */
export const SIGNED = {
  title: { 'zh-CN': '签名串（五行）', en: 'The five signed lines' },
  line: { 'zh-CN': '行', en: 'Line' },
  expected: { 'zh-CN': '应签的内容', en: 'Should have been signed' },
  signed: { 'zh-CN': '实际签的内容', en: 'Was signed' },
  differs: { 'zh-CN': '不同', en: 'Differs' },
  same: { 'zh-CN': '一致', en: 'Same' },
  method: { 'zh-CN': '1 请求方法', en: '1 Method' },
  url: { 'zh-CN': '2 路径和查询串', en: '2 Path and query' },
  timestamp: { 'zh-CN': '3 时间戳', en: '3 Timestamp' },
  nonce: { 'zh-CN': '4 随机串', en: '4 Nonce' },
  body: { 'zh-CN': '5 请求体（上传接口为 meta）', en: '5 Body; of an upload, meta' },
  joined: {
    'zh-CN': '五行各自正确，但拼接方式不同。应为：',
    en: 'The lines were joined in another way. They should be joined so:',
  },
  joinedSo: { 'zh-CN': '实际为：', en: 'They were joined so:' },
  unknown: {
    'zh-CN':
      '签名只含摘要，无法还原实际签的内容：已逐一尝试常见错误，都不吻合。请在代码中打印签名串，与下面五行逐字符比较。',
    en: 'A signature holds only a digest, and none of the usual mistakes gives it. Print the string that your program signs, and compare it with these five lines character by character.',
  },
} as const satisfies Record<string, Text>;

/** The parts of a body, and its bytes. */
export const BYTES = {
  title: { 'zh-CN': '请求体', en: 'Body' },
  none: { 'zh-CN': '没有请求体。', en: 'It has none.' },
  cut: {
    'zh-CN': '记录已满，只保留了请求体的开头。',
    en: 'Only the beginning of the body is kept: the journal was full.',
  },
  noForm: { 'zh-CN': '不是有效的表单：{reason}', en: 'It is no valid form: {reason}' },
  region: {
    'zh-CN': '{what}：偏移 {from} 到 {to}，共 {bytes} 字节',
    en: '{what}: offset {from} to {to}, {bytes} {bytes:byte|bytes}',
  },
  part: { 'zh-CN': '表单项 {name} 的内容', en: 'Content of the part {name}' },
  unnamed: { 'zh-CN': '无名表单项的内容', en: 'Content of a part without a name' },
  between: { 'zh-CN': '分隔符和表单项头', en: 'Boundary and headers of a part' },
  end: { 'zh-CN': '结束分隔符', en: 'Closing boundary' },
  whole: { 'zh-CN': '全部内容', en: 'All of it' },
  asHex: { 'zh-CN': '十六进制', en: 'In hex' },
  show: { 'zh-CN': '显示字节', en: 'Show the bytes' },
  more: { 'zh-CN': '再显示 {n} 字节', en: 'Show {n} more bytes' },
} as const satisfies Record<string, Text>;

/** What each stage of the service decides. */
export const STAGES = {
  title: { 'zh-CN': '处理过程', en: 'Stage by stage' },
  stage: { 'zh-CN': '步骤', en: 'Stage' },
  decided: { 'zh-CN': '结论', en: 'Decided' },
  time: { 'zh-CN': '用时', en: 'Time' },
  milliseconds: { 'zh-CN': '{n} 毫秒', en: '{n} ms' },
  inAll: { 'zh-CN': '共 {n} 毫秒', en: '{n} ms in all' },
  passed: { 'zh-CN': '通过', en: 'Passed' },
  refused: { 'zh-CN': '拒绝：{code}', en: 'Refused: {code}' },
  unreached: { 'zh-CN': '未执行', en: 'Not reached' },
  enter: { 'zh-CN': '接入：是否还有余量', en: 'Enter: is there room for it' },
  identify: { 'zh-CN': '识别：请求头、商户和证书', en: 'Identify: headers, merchant and certificate' },
  receive: { 'zh-CN': '接收：读取表单', en: 'Receive: the form is read' },
  authenticate: { 'zh-CN': '验签：签名是否正确', en: 'Authenticate: is the signature right' },
  admit: { 'zh-CN': '准入：随机串、权限和频率', en: 'Admit: nonce, permission and rate' },
  validate: { 'zh-CN': '校验：文件名、大小、格式和摘要', en: 'Validate: name, size, kind and digest' },
  store: { 'zh-CN': '存储：图片落盘', en: 'Store: the image is made durable' },
  publish: { 'zh-CN': '发布：生成 URL', en: 'Publish: it gets its URL' },
  respond: { 'zh-CN': '应答：签名并发送', en: 'Respond: signed and written' },
  handle: { 'zh-CN': '处理：其他签名接口', en: 'Handle: a signed call that is no upload' },
} as const satisfies Record<string, Text>;

/** What can be taken away, and sent again. */
export const TAKE = {
  curl: { 'zh-CN': '复制为 curl', en: 'Copy as curl' },
  har: { 'zh-CN': '下载 HAR', en: 'Download HAR' },
  body: { 'zh-CN': '下载请求体', en: 'Download the body' },
  replay: { 'zh-CN': '原样重放', en: 'Replay as it came' },
  resign: { 'zh-CN': '用沙箱的密钥重新签名后重放', en: 'Replay, signed by the sandbox' },
  replayed: { 'zh-CN': '已重放为 #{n}：{outcome}', en: 'Replayed as #{n}: {outcome}' },
  copied: {
    'zh-CN': '已复制。签名值已隐去；请求体在 request-{n}.bin 中。',
    en: 'Copied. The value of the signature is hidden; the body is request-{n}.bin.',
  },
} as const satisfies Record<string, Text>;

/** Characters that cannot be seen, by their names. Others are shown by their number. */
export const INVISIBLE: Readonly<Record<string, Text>> = {
  '\0': { 'zh-CN': '空字符', en: 'NUL' },
  '\t': { 'zh-CN': '制表符', en: 'TAB' },
  '\n': { 'zh-CN': '换行 LF', en: 'LF' },
  '\r': { 'zh-CN': '回车 CR', en: 'CR' },
  ' ': { 'zh-CN': '空格', en: 'space' },
  '\u00a0': { 'zh-CN': '不换行空格', en: 'no-break space' },
  '\u00ad': { 'zh-CN': '软连字符', en: 'soft hyphen' },
  '\u200b': { 'zh-CN': '零宽空格', en: 'zero-width space' },
  '\u200c': { 'zh-CN': '零宽不连字', en: 'zero-width non-joiner' },
  '\u200d': { 'zh-CN': '零宽连字', en: 'zero-width joiner' },
  '\u200e': { 'zh-CN': '左至右标记', en: 'left-to-right mark' },
  '\u200f': { 'zh-CN': '右至左标记', en: 'right-to-left mark' },
  '\u202a': { 'zh-CN': '左至右嵌入', en: 'left-to-right embedding' },
  '\u202b': { 'zh-CN': '右至左嵌入', en: 'right-to-left embedding' },
  '\u202c': { 'zh-CN': '方向格式结束', en: 'end of direction' },
  '\u202d': { 'zh-CN': '左至右覆盖', en: 'left-to-right override' },
  '\u202e': { 'zh-CN': '右至左覆盖', en: 'right-to-left override' },
  '\u2028': { 'zh-CN': '行分隔符', en: 'line separator' },
  '\u2029': { 'zh-CN': '段落分隔符', en: 'paragraph separator' },
  '\u2066': { 'zh-CN': '左至右隔离', en: 'left-to-right isolate' },
  '\u2067': { 'zh-CN': '右至左隔离', en: 'right-to-left isolate' },
  '\u2068': { 'zh-CN': '首强隔离', en: 'first-strong isolate' },
  '\u2069': { 'zh-CN': '隔离结束', en: 'end of isolate' },
  '\u3000': { 'zh-CN': '全角空格', en: 'ideographic space' },
  '\ufeff': { 'zh-CN': 'BOM（零宽）', en: 'byte order mark' },
  '\ufffd': { 'zh-CN': '非 UTF-8 字节', en: 'byte that is no UTF-8' },
};
