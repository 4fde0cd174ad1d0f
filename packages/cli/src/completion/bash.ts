import type { Node } from './tree.js';

/** A completion script for bash 3.2 and later: `source <(coupon-media completion bash)`. */
export function bashCompletion(name: string, nodes: readonly Node[]): string {
  const fn = `_${name.replace(/\W/g, '_')}`;
  return `# Completion of ${name} for bash; made by: ${name} completion bash
${fn}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${nodes
  .filter(({ path }) => path !== '')
  .map(pathCase)
  .join('\n')}
    esac
  done
  case "$path $previous" in
${nodes.flatMap((node) => valueCases(node, fn)).join('\n')}
  esac
  case "$path" in
${nodes.map((node) => wordCase(node, fn)).join('\n')}
  esac
}
# What is offered, if anything: without this, names of files would be where they do not belong.
${fn}_offer() {
  local IFS=$' \\t\\n'
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$*" -- "$word"))
}
# Names of files are left to bash, which knows how to quote spaces, stars and all else that a name may have.
complete -o default -F ${fn} ${name}
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

/** The values that may follow an option. */
function valueCases({ path, words }: Node, fn: string): string[] {
  return words.flatMap(({ text, values }) => {
    if (!values) return [];
    const offer =
      values === 'files' ? '' : `${[`${fn}_offer`, ...(values === 'anything' ? [] : values)].join(' ')}; `;
    return [`    "${prefixed(path)} ${text}") ${offer}return ;;`];
  });
}

/** If a command takes files, a word is a file unless it begins like an option. */
function wordCase({ path, words, takesFiles }: Node, fn: string): string {
  const offer = `${fn}_offer ${words.map(({ text }) => text).join(' ')}`;
  return `    "${prefixed(path)}") ${takesFiles ? `[[ $word != -* ]] || ${offer}` : offer} ;;`;
}

function prefixed(path: string): string {
  return path === '' ? '' : ` ${path}`;
}
