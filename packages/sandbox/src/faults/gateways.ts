import type { FaultRow } from './row.js';

/** What a proxy or a gateway writes in place of the service: no signature, and no Request-ID. */
export const gatewayFaults = {
  PROXY_TEXT: {
    stage: 'response',
    text: { en: 'a proxy responds 200 with text', 'zh-CN': '代理返回 200 和纯文本' },
    replacement: () => plain(200, 'text/plain', 'OK\n'),
  },
  PROXY_PAGE: {
    stage: 'response',
    text: { en: 'a proxy responds 200 with its login page', 'zh-CN': '代理返回 200 和登录页面' },
    replacement: () => plain(200, 'text/html', page('Sign in to continue')),
  },
  BAD_GATEWAY: {
    stage: 'response',
    text: { en: 'a gateway responds 502 with a page', 'zh-CN': '网关返回 502 页面' },
    replacement: () => plain(502, 'text/html', page('502 Bad Gateway')),
  },
  SERVICE_UNAVAILABLE: {
    stage: 'response',
    text: { en: 'a gateway responds 503 with text', 'zh-CN': '网关返回 503 和纯文本' },
    replacement: () => plain(503, 'text/plain', 'no server is available\n'),
  },
  GATEWAY_TIMEOUT: {
    stage: 'response',
    text: { en: 'a gateway responds 504 with a page', 'zh-CN': '网关返回 504 页面' },
    replacement: () => plain(504, 'text/html', page('504 Gateway Time-out')),
  },
} as const satisfies Record<string, FaultRow>;

function plain(status: number, type: string, body: string) {
  const length = String(Buffer.byteLength(body));
  return { status, headers: { Server: 'proxy', 'Content-Type': type, 'Content-Length': length }, body };
}

function page(title: string): string {
  return `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
}
