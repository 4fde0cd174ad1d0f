import type { Text } from '@coupon-media/apiv3';

export const FAULT_RULES = {
  title: { 'zh-CN': '故障', en: 'Faults' },
  intro: {
    'zh-CN': '打开一项，发往本沙箱的请求就会出现对应的故障。本来就会被拒绝的请求不受影响。',
    en: 'What is switched on happens to the requests that this sandbox receives. A request that is refused anyway keeps its refusal.',
  },
  on: { 'zh-CN': '正在生效', en: 'On now' },
  noneOn: { 'zh-CN': '没有打开任何故障。', en: 'None is on.' },
  someOn: { 'zh-CN': '已打开 {n} 项故障', en: '{n} {n:fault is|faults are} on' },
  off: { 'zh-CN': '关闭 {name}', en: 'Switch off {name}' },
  allOff: { 'zh-CN': '全部关闭', en: 'Switch all off' },
  used: {
    'zh-CN': '匹配 {seen} 次，生效 {applied} 次',
    en: 'seen {seen} {seen:time|times}, applied {applied} {applied:time|times}',
  },
  over: { 'zh-CN': '已用完', en: 'used up' },
  only: { 'zh-CN': '仅限 {what}', en: 'only {what}' },
  chanceOf: { 'zh-CN': '{name} 的概率', en: 'Probability of {name}' },
  countOf: { 'zh-CN': '{name} 的次数', en: 'Times of {name}' },
  noEnd: { 'zh-CN': '不限次数', en: 'any number of times' },
  groupSlow: { 'zh-CN': '变慢', en: 'Slowness' },
  groupRefusals: { 'zh-CN': '返回错误', en: 'Refusals' },
  groupFaults: { 'zh-CN': '签名、网关和连接', en: 'Signatures, gateways and connections' },
  delay: { 'zh-CN': '延迟 {seconds} 秒后应答', en: 'The response comes {seconds} s later' },
  dribble: {
    'zh-CN': '应答在 {seconds} 秒内分 {n} 块写出',
    en: 'The response is written in {n} pieces within {seconds} s',
  },
  backupOnly: {
    'zh-CN': '（只对备用地址 {host}，否则本页也会断开）',
    en: ' (of the second address alone, {host}: this page would be cut off, too)',
  },
} as const satisfies Record<string, Text>;
