import type { Text } from '@coupon-media/apiv3';

export const KEYBOARD = {
  title: { 'zh-CN': '键盘快捷键', en: 'Keyboard shortcuts' },
  button: { 'zh-CN': '快捷键', en: 'Keys' },
  key: { 'zh-CN': '按键', en: 'Key' },
  does: { 'zh-CN': '作用', en: 'What it does' },
  help: { 'zh-CN': '显示或关闭本说明', en: 'Shows this, and closes it' },
  goTo: { 'zh-CN': '打开“{room}”', en: 'Opens {room}' },
  search: { 'zh-CN': '跳到本页的搜索框', en: 'To the search field of the page' },
  content: { 'zh-CN': '跳到正文', en: 'To the content' },
  close: { 'zh-CN': '关闭打开的内容，返回列表', en: 'Closes what is open, back to the list' },
  isOn: { 'zh-CN': '启用快捷键', en: 'The shortcuts are on' },
  closeHelp: { 'zh-CN': '关闭', en: 'Close' },
} as const satisfies Record<string, Text>;
