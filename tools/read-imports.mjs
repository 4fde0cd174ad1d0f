/**
 * Reads what a TypeScript or JavaScript file imports, without a parser: a tokenizer that knows comments, strings, templates
 * and regular expressions, and the few shapes an import has.
 */

/**
 * @typedef {object} Import
 * @property {string | undefined} specifier undefined when it is computed at run time
 * @property {'value' | 'type' | 'dynamic'} kind
 * @property {number} line
 */
/** @typedef {{ name: string, line: number }} Use a property read, such as `process.env` */
/** @typedef {{ kind: 'name' | 'string' | 'punctuator' | 'other', text: string, line: number }} Token */

/**
 * @param {string} source
 * @returns {{ imports: Import[], uses: Use[] }}
 */
export function readImports(source) {
  const tokens = tokenize(source);
  /** @type {Import[]} */
  const imports = [];
  /** @type {Use[]} */
  const uses = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'name') return;
    const property = tokens[at + 2];
    if (isPunctuator(tokens[at + 1], '.', '?.') && property?.kind === 'name') {
      uses.push({ name: `${token.text}.${property.text}`, line: token.line });
    }
    if (isPunctuator(tokens[at - 1], '.', '?.')) return;
    const found = READERS.get(token.text)?.(tokens, at);
    if (found) imports.push({ ...found, line: token.line });
  });
  return { imports, uses };
}

/** @type {ReadonlyMap<string, (tokens: Token[], at: number) => Omit<Import, 'line'> | undefined>} */
const READERS = new Map(Object.entries({ import: readImport, export: readExport, require: readRequire }));

/**
 * @param {Token[]} tokens
 * @param {number} at
 * @returns {Omit<Import, 'line'> | undefined}
 */
function readImport(tokens, at) {
  const next = tokens[at + 1];
  if (next?.kind === 'string') return { specifier: next.text, kind: 'value' };
  if (isPunctuator(next, '(')) return readCall(tokens, at);
  if (!isPunctuator(next, '{', '*') && next?.kind !== 'name') return undefined; // import.meta, or a property's name
  const specifier = findFrom(tokens, at + 1);
  return specifier === undefined
    ? undefined
    : { specifier, kind: isTypeImport(tokens, at + 1) ? 'type' : 'value' };
}

/**
 * @param {Token[]} tokens
 * @param {number} at
 * @returns {Omit<Import, 'line'> | undefined}
 */
function readExport(tokens, at) {
  const isType = isName(tokens[at + 1], 'type');
  const clause = isType ? at + 2 : at + 1;
  if (!isPunctuator(tokens[clause], '{', '*')) return undefined;
  const specifier = findFrom(tokens, clause);
  return specifier === undefined ? undefined : { specifier, kind: isType ? 'type' : 'value' };
}

/**
 * @param {Token[]} tokens
 * @param {number} at
 * @returns {Omit<Import, 'line'> | undefined}
 */
function readRequire(tokens, at) {
  const argument = tokens[at + 2];
  if (!isPunctuator(tokens[at + 1], '(') || argument?.kind !== 'string') return undefined;
  return { specifier: argument.text, kind: 'value' };
}

/**
 * @param {Token[]} tokens
 * @param {number} at
 * @returns {Omit<Import, 'line'> | undefined}
 */
function readCall(tokens, at) {
  const [argument, end, dot, property] = tokens.slice(at + 2, at + 6);
  if (argument?.kind !== 'string' || !isPunctuator(end, ')', ',')) {
    return isMethod(tokens, at + 1) ? undefined : { specifier: undefined, kind: 'dynamic' };
  }
  // A promise has three methods; any other name after the call is that of a type.
  const ofType = isPunctuator(dot, '.') && !isName(property, 'then', 'catch', 'finally');
  return { specifier: argument.text, kind: ofType || isName(tokens[at - 1], 'typeof') ? 'type' : 'dynamic' };
}

/**
 * Whether the parenthesis at `at` holds the parameters of a method that happens to be called import.
 * @param {Token[]} tokens
 * @param {number} at
 */
function isMethod(tokens, at) {
  let depth = 0;
  for (let i = at; i < tokens.length; i += 1) {
    if (isPunctuator(tokens[i], '(')) depth += 1;
    if (isPunctuator(tokens[i], ')')) depth -= 1;
    if (depth === 0) return isPunctuator(tokens[i + 1], '{');
  }
  return false;
}

/**
 * The specifier after the clause that begins at `at`, if there is one: `{ a } from 'b'`, `* as a from 'b'`, `a, { b } from 'c'`.
 * @param {Token[]} tokens
 * @param {number} at
 */
function findFrom(tokens, at) {
  let depth = 0;
  for (let i = at; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (isPunctuator(token, '{')) depth += 1;
    else if (isPunctuator(token, '}')) depth -= 1;
    else if (depth === 0) {
      if (isName(token, 'from') && tokens[i + 1]?.kind === 'string') return tokens[i + 1]?.text;
      if (token?.kind !== 'name' && !isPunctuator(token, ',', '*')) return undefined;
      if (i > at && isName(token, 'import', 'export', 'const', 'function', 'class')) return undefined;
    }
  }
  return undefined;
}

/**
 * `import type X from`, but not `import type from` nor `import type, { X } from`.
 * @param {Token[]} tokens
 * @param {number} at
 */
function isTypeImport(tokens, at) {
  if (!isName(tokens[at], 'type') || isPunctuator(tokens[at + 1], ',')) return false;
  return !(isName(tokens[at + 1], 'from') && tokens[at + 2]?.kind === 'string');
}

/**
 * @param {Token | undefined} token
 * @param {string[]} texts
 */
function isPunctuator(token, ...texts) {
  return token?.kind === 'punctuator' && texts.includes(token.text);
}

/**
 * @param {Token | undefined} token
 * @param {string[]} texts
 */
function isName(token, ...texts) {
  return token?.kind === 'name' && texts.includes(token.text);
}

const SPACE = /\s+|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/y;
const NAME = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{|$)/y;
const REGEXP = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const PUNCTUATOR = /\.\.\.|\?\.(?!\d)|=>|[\s\S]/y;
const BEFORE_REGEXP = 'return typeof case in of delete void instanceof new else do await yield throw'.split(
  ' ',
);
const BEFORE_CONDITION = ['if', 'while', 'for', 'with'];

/**
 * @param {string} source
 * @returns {Token[]}
 */
function tokenize(source) {
  /** @type {Token[]} */
  const tokens = [];
  /** What each open bracket was opened by: a template's `${`, the head of a condition, or nothing of note. */
  const open = /** @type {string[]} */ ([]);
  let at = source.startsWith('#!') ? source.indexOf('\n') : 0;
  let line = 1;
  let closedCondition = false;

  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match || match[0] === '') return undefined;
    at += match[0].length;
    line += match[0].split('\n').length - 1;
    return match;
  };

  /**
   * @param {Token['kind']} kind
   * @param {string} text
   */
  const push = (kind, text) => tokens.push({ kind, text, line });

  /** @param {boolean} whole whether the template has had no substitution so far */
  const takeTemplate = (whole) => {
    const match = take(TEMPLATE);
    if (match?.[1] === '${') open.push('template');
    const text = match?.[0].slice(0, -1) ?? '';
    if (whole && match?.[1] !== '${') push('string', text);
    else push('other', '`');
  };

  const regexpMayFollow = () => {
    const last = tokens.at(-1);
    if (!last || closedCondition) return true;
    if (last.kind === 'name') return BEFORE_REGEXP.includes(last.text);
    return last.kind === 'punctuator' && last.text !== ')' && last.text !== ']';
  };

  while (at >= 0 && at < source.length) {
    if (take(SPACE)) continue;
    const string = take(STRING);
    if (string) push('string', string[0].slice(1, -1));
    else if (source[at] === '`') {
      at += 1;
      takeTemplate(true);
    } else if (source[at] === '/' && regexpMayFollow() && take(REGEXP)) push('other', '/');
    else {
      const name = take(NAME);
      const text = name ? name[0] : (take(NUMBER)?.[0] ?? take(PUNCTUATOR)?.[0] ?? '');
      if (name) push('name', text);
      else if (/\d/.test(text)) push('other', text);
      else if (text === '}' && open.at(-1) === 'template') {
        open.pop();
        takeTemplate(false);
      } else {
        if (text === '(') open.push(isName(tokens.at(-1), ...BEFORE_CONDITION) ? 'condition' : '(');
        if (text === '{') open.push('{');
        push('punctuator', text);
        closedCondition = text === ')' || text === '}' ? open.pop() === 'condition' : false;
        continue;
      }
    }
    closedCondition = false;
  }
  return tokens;
}
