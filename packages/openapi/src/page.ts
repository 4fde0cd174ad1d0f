import { createHash } from 'node:crypto';
import type { Language } from '@coupon-media/apiv3';
import type { OpenApiDocument } from './document.js';
import type { OpenApiResponse, Operation } from './operation.js';
import { STYLE } from './style.js';

/**
 * Renders a document as one HTML page without a script.
 *
 * @param language of the document, and of the page's own words
 * @returns the page, to be served with {@link PAGE_POLICY} as its Content-Security-Policy
 */
export function referencePage(document: OpenApiDocument, language: Language = 'en'): string {
  const words = WORDS[language];
  const operations = operationsOf(document);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(document.info.title)} ${words.reference}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="${words.operations}">
<h1>${text(document.info.title)} <small>${text(document.info.version)}</small></h1>
${document.tags
  .map(
    (tag) =>
      `<h2>${text(tag['x-title'])}</h2>\n<ul>${operations
        .filter((row) => row.operation.tags.includes(tag.name))
        .map(link)
        .join('')}</ul>`,
  )
  .join('\n')}
<p><a href="openapi.json">openapi.json</a></p>
</nav>
<main>
<header>${prose(document.info.description)}${renderSchemes(document, words)}</header>
${document.tags
  .map(
    (tag) => `<section aria-labelledby="tag-${text(tag.name)}">
<h2 id="tag-${text(tag.name)}">${text(tag['x-title'])}</h2>
${prose(tag.description)}
${operations
  .filter((row) => row.operation.tags.includes(tag.name))
  .map((row) => renderOperation(row, document, words))
  .join('\n')}
</section>`,
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

/** The policy of the page: it may load its one style sheet, identified by its digest, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Words = Readonly<Record<keyof (typeof WORDS)['en'], string>>;

/** The words of the page itself. */
const WORDS = {
  'zh-CN': {
    reference: '接口文档',
    operations: '接口列表',
    authorizationFields: '各字段顺序不限，每个一次，值用双引号括起',
    signedUnder: '认证类型',
    parameters: '参数',
    required: '，必填',
    name: '名称',
    place: '位置',
    body: '请求体',
    field: '字段',
    type: '类型',
    responses: '应答',
    code: '错误码',
  },
  en: {
    reference: 'reference',
    operations: 'Operations',
    authorizationFields: 'its fields, in any order, each once and in double quotes',
    signedUnder: 'Signed under',
    parameters: 'Parameters',
    required: ', required',
    name: 'name',
    place: 'in',
    body: 'Body',
    field: 'field',
    type: 'type',
    responses: 'Responses',
    code: 'code',
  },
} as const satisfies Record<Language, Readonly<Record<string, string>>>;

interface SecurityScheme {
  scheme: string;
  'x-fields': Readonly<Record<string, string>>;
}

function schemesOf({ components }: OpenApiDocument): Readonly<Record<string, SecurityScheme>> {
  return (components as { securitySchemes: Record<string, SecurityScheme> }).securitySchemes;
}

function renderSchemes(document: OpenApiDocument, words: Words): string {
  const rows = Object.values(schemesOf(document)).map((scheme) => [
    `<code>${text(scheme.scheme)}</code>`,
    Object.keys(scheme['x-fields'])
      .map((field) => `<code>${text(field)}</code>`)
      .join(' '),
  ]);
  return table(['Authorization', words.authorizationFields], rows);
}

interface Row {
  path: string;
  method: string;
  operation: Operation;
}

function operationsOf({ paths }: OpenApiDocument): Row[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function link({ operation }: Row): string {
  return `<li><a href="#${text(operation.operationId)}">${text(operation.summary)}</a></li>`;
}

function renderOperation({ path, method, operation }: Row, document: OpenApiDocument, words: Words): string {
  const {
    operationId,
    summary,
    description = '',
    security,
    parameters = [],
    requestBody,
    responses,
  } = operation;
  return `<article id="${text(operationId)}">
<h3>${text(summary)}</h3>
<p class="call"><b>${text(method.toUpperCase())}</b> <code>${breakable(path)}</code></p>
${prose(description)}
${security ? `<p>${words.signedUnder} <code>${text(schemeOf(security, document))}</code></p>` : ''}
${renderParameters(parameters as Parameter[], words)}
${requestBody ? renderForm(requestBody as RequestBody, document, words) : ''}
<h4>${words.responses}</h4>
${Object.entries(responses)
  .map(([status, response]) => renderResponse(status, response, document, words))
  .join('\n')}
</article>`;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
}

function renderParameters(parameters: readonly Parameter[], words: Words): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: place, required, description = '' }) => [
    `<code>${text(name)}</code>`,
    `${text(place)}${required ? words.required : ''}`,
    inline(description),
  ]);
  return `<h4>${words.parameters}</h4>${table([words.name, words.place, ''], rows)}`;
}

interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  maxLength?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
}

interface RequestBody {
  description: string;
  content: Readonly<Record<string, { schema: Schema }>>;
}

function renderForm({ description, content }: RequestBody, document: OpenApiDocument, words: Words): string {
  const forms = Object.entries(content).map(
    ([type, { schema }]) => `<p><code>${text(type)}</code></p>${renderProperties(schema, document, words)}`,
  );
  return `<h4>${words.body}</h4>${prose(description)}${forms.join('')}`;
}

function renderProperties(schema: Schema, document: OpenApiDocument, words: Words): string {
  const rows = fields(schema, document).map(([name, field]) => [
    `<code>${text(name)}</code>`,
    text(field.type ?? ''),
    inline(field.description ?? ''),
  ]);
  return rows.length === 0 ? '' : table([words.field, words.type, ''], rows);
}

/** Returns every field with its path: `data[].serial_no`. */
function fields(schema: Schema, document: OpenApiDocument, prefix = ''): [name: string, field: Schema][] {
  return Object.entries(resolved(schema, document).properties ?? {}).flatMap(([name, unresolved]) => {
    const field = resolved(unresolved, document);
    const path = `${prefix}${name}`;
    const inner = field.items
      ? fields(field.items, document, `${path}[].`)
      : fields(field, document, `${path}.`);
    return [[path, field] as [string, Schema], ...inner];
  });
}

function resolved(schema: Schema, document: OpenApiDocument): Schema {
  if (schema.$ref === undefined) return schema;
  const steps = schema.$ref.split('/').slice(1);
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document) as Schema;
}

interface Example {
  summary: string;
  description: string;
  value: { code: string; message: string };
}

function renderResponse(
  status: string,
  response: OpenApiResponse,
  document: OpenApiDocument,
  words: Words,
): string {
  const content = (response.content ?? {}) as Record<
    string,
    { schema?: Schema; examples?: Record<string, Example> }
  >;
  const [type = '', { schema, examples } = {}] = Object.entries(content)[0] ?? [];
  const headers = Object.keys(response.headers ?? {});
  const body = examples
    ? renderExamples(examples, words)
    : `${type && `<p><code>${Object.keys(content).map(text).join('</code>, <code>')}</code></p>`}${schema ? renderProperties(schema, document, words) : ''}`;
  const head =
    headers.length > 0
      ? `<p class="headers">${headers.map((name) => `<code>${text(name)}</code>`).join(' ')}</p>`
      : '';
  return `<details class="s${text(status[0])}"><summary><b>${text(status)}</b> ${inline(response.description)}</summary>${body}${head}</details>`;
}

function renderExamples(examples: Readonly<Record<string, Example>>, words: Words): string {
  const rows = Object.values(examples).map(({ summary, description, value }) => [
    `<code>${text(value.code)}</code>`,
    value.message === summary
      ? text(summary)
      : `<span lang="zh-CN">${text(value.message)}</span><br>${text(summary)}`,
    text(description),
  ]);
  return table([words.code, 'message', ''], rows);
}

function schemeOf(security: unknown, document: OpenApiDocument): string {
  const [name = ''] = (security as Record<string, unknown>[]).flatMap((requirement) =>
    Object.keys(requirement),
  );
  return schemesOf(document)[name]?.scheme ?? name;
}

/** @param rows cells as HTML */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
  return `<div class="wide"><table><thead><tr>${cells('th', heads)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div>`;
}

function prose(words: string): string {
  return words
    .split('\n\n')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('\n');
}

function inline(words: string): string {
  return text(words).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** Allows a line break before each slash of a path. */
function breakable(path: string): string {
  return text(path).replaceAll('/', '<wbr>/');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function text(value: unknown): string {
  return String(value).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
