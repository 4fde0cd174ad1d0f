import type { FaultRow } from './row.js';

/** Faults before a request was read: nothing of it is stored. */
export const connectionFaults = {
  RESET_ON_REQUEST_HEAD: {
    stage: 'head',
    text: {
      en: 'the connection is reset when the head of the request has arrived, and nothing of it is stored',
      'zh-CN': '收到请求头后连接立即被重置，不保存任何内容',
    },
    reusedOnly: false,
  },
  KEEP_ALIVE_CLOSED: {
    stage: 'head',
    text: {
      en: 'a kept-alive connection is reset at the moment at which it is used again',
      'zh-CN': '保持的连接恰好在再次使用时被重置',
    },
    reusedOnly: true,
  },
  CONNECTION_REFUSED: {
    stage: 'listening',
    text: { en: 'the host refuses connections', 'zh-CN': '主机拒绝连接' },
  },
} as const satisfies Record<string, FaultRow>;
