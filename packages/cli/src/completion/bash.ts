import type { Node } from './tree.js';

/** A completion script for bash 3.2 and later: `source <(coupon-media completion bash)`. */
export function bashCompletion(name: string, nodes: readonly Node[]): string {
  const fn = `_${name.replace(/\W/g, '_')}`;
  return `# Completion of ${name} for bash; made by: ${name} completion bash
${fn}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${nodes
  .filter(({ path }) => path !== '')
  .map(pathCase)
  .join('\n')}
    esac
  done
  case "$path $previous" in
${nodes.flatMap(valueCases).join('\n')}
  esac
  local words="" files=""
  case "$path" in
${nodes.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ -n $files && $word != -* ]]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}
complete -o filenames -F ${fn} ${name}
`;
}

function pathCase({ path }: Node): string {
  const words = path.split(' ');
  const before = words
    .slice(0, -1)
    .map((word) => ` ${word}`)
    .join('');
  return `      "${before} ${words.at(-1)}") path=" ${path}" ;;`;
}

/** What may follow an option that takes a value. */
function valueCases({ path, words }: Node): string[] {
  return words.flatMap(({ text, values }) => {
    if (!values) return [];
    const pattern = `"${prefixed(path)} ${text}"`;
    if (values === 'files') return [`    ${pattern}) COMPREPLY=($(compgen -f -- "$word")); return ;;`];
    if (values === 'anything') return [`    ${pattern}) COMPREPLY=(); return ;;`];
    return [`    ${pattern}) COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$word")); return ;;`];
  });
}

function wordCase({ path, words, takesFiles }: Node): string {
  const list = words.map(({ text }) => text).join(' ');
  return `    "${prefixed(path)}") words="${list}"${takesFiles ? '; files=1' : ''} ;;`;
}

function prefixed(path: string): string {
  return path === '' ? '' : ` ${path}`;
}
