/** A client as its users run it. */
export interface Client {
  title: string;
  /** The packages that it consists of, or another way to get it. */
  from: string[] | string;
  language: string;
  /** The path in `clients/`. */
  program: string;
  variant?: string;
}

/** Reported in the log and not in the table, which must be the same on every machine. */
const MACHINE = "the machine's";

/** What a program needs on the machine besides Node. */
export const needs: Readonly<Record<string, string>> = { 'curl.mjs': 'curl', 'python.py': 'python3' };

/** Clients with their own means of verifying responses. */
export const verifiers: readonly Client[] = [
  {
    title: 'wechatpay-axios-plugin',
    from: ['wechatpay-axios-plugin'],
    language: 'JavaScript',
    program: 'wechatpay-axios-plugin.mjs',
  },
  {
    title: 'wechatpay-axios-plugin, plain object',
    from: ['wechatpay-axios-plugin'],
    variant: 'plain object',
    language: 'JavaScript',
    program: 'wechatpay-axios-plugin.mjs',
  },
  {
    title: 'wechatpay-axios-plugin, the line before',
    from: ['wechatpay-axios-plugin-0.8'],
    variant: '0.8',
    language: 'JavaScript',
    program: 'wechatpay-axios-plugin.mjs',
  },
  {
    title: 'node-easywechat',
    from: ['node-easywechat'],
    language: 'JavaScript',
    program: 'node-easywechat.mjs',
  },
];

const SHAPES = [
  'okhttp',
  'Go, official sample',
  'Go, wechatpay-go',
  'no boundary parameter',
  'preamble and epilogue',
];

export const clients: readonly Client[] = [
  ...verifiers,
  {
    title: 'axios and form-data',
    from: ['axios', 'form-data'],
    language: 'JavaScript',
    program: 'axios.mjs',
  },
  { title: 'undici', from: ['undici'], language: 'JavaScript', program: 'undici.mjs' },
  { title: "Node's fetch, meta as text", from: MACHINE, language: 'JavaScript', program: 'fetch.mjs' },
  {
    title: "Node's fetch, meta as Blob",
    from: MACHINE,
    language: 'JavaScript',
    program: 'fetch.mjs',
    variant: 'Blob',
  },
  ...['', 'chunked', 'Expect: 100-continue'].map((variant) => machines('curl', 'curl.mjs', variant)),
  machines('Python, urllib', 'python.py'),
  machines('Python, http.client', 'python.py', 'a chunk per line'),
  ...SHAPES.map((variant) => ({
    title: `bytes in the shape of ${variant}`,
    from: 'by hand',
    language: 'bytes by hand',
    program: 'shapes.mjs',
    variant,
  })),
];

function machines(name: string, program: string, variant = ''): Client {
  const language = program.endsWith('.py') ? 'Python' : 'C';
  return { title: variant === '' ? name : `${name}, ${variant}`, from: MACHINE, language, program, variant };
}
