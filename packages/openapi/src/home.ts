import type { Language } from '@coupon-media/apiv3';
import { STYLE } from './style.js';

/**
 * The page at `/` of a service: what this is, and where to read on. It has no script, and all its addresses are relative.
 *
 * @returns the page, to be served with `PAGE_POLICY` as its Content-Security-Policy
 */
export function homePage(language: Language = 'en'): string {
  const { title, about, docs, openapi, look, command, opened } = WORDS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>coupon-media</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="${title}">
<h1>coupon-media</h1>
<ul><li><a href="docs">${docs}</a></li><li><a href="openapi.json">${openapi}</a></li></ul>
</nav>
<main>
<h2>${title}</h2>
<p>${about}</p>
<p>${look}</p>
<p><code>${command}</code></p>
<p>${opened}</p>
</main>
</body>
</html>
`;
}

const WORDS = {
  'zh-CN': {
    title: '商品券图片上传服务',
    about: '本服务供程序调用：接收带签名的图片上传请求，返回永久有效的图片 URL。这里没有可操作的页面。',
    docs: '接口文档',
    openapi: 'OpenAPI 描述（openapi.json）',
    look: '想在浏览器里上传图片、查看请求和签名错在哪里，请在本机启动沙箱：',
    command: 'npx coupon-media sandbox',
    opened: '然后打开它打印出的地址。',
  },
  en: {
    title: 'Picture upload for product coupons',
    about:
      'This service is for programs: it takes signed uploads of pictures and answers with permanent URLs. There is nothing to click here.',
    docs: 'Reference',
    openapi: 'OpenAPI description (openapi.json)',
    look: 'To upload pictures in a browser, and to see what is wrong with a signature, start a sandbox on your own machine:',
    command: 'npx coupon-media sandbox',
    opened: 'Then open the address that it prints.',
  },
} as const satisfies Record<Language, Readonly<Record<string, string>>>;
