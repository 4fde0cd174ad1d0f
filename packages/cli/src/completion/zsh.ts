import type { Node, Word } from './tree.js';

/**
 * A completion script for zsh. Save it as `_coupon-media` in a folder of `$fpath`, or run `source <(coupon-media completion
 * zsh)`.
 */
export function zshCompletion(name: string, nodes: readonly Node[]): string {
  const fn = `_${name.replace(/\W/g, '_')}`;
  return `#compdef ${name}
# Completion of ${name} for zsh; made by: ${name} completion zsh
${fn}() {
  local path_="" i
  for ((i = 2; i < CURRENT; i++)); do
    case "$path_ $words[i]" in
${nodes
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      " ${path}") path_=" ${path}" ;;`)
  .join('\n')}
    esac
  done
  case "$path_ $words[CURRENT-1]" in
${nodes.flatMap(valueCases).join('\n')}
  esac
  local -a candidates
  case "$path_" in
${nodes.map(wordCase).join('\n')}
  esac
  _describe '${name}' candidates
}
if [ "$funcstack[1]" = "${fn}" ]; then ${fn} "$@"; else compdef ${fn} ${name}; fi
`;
}

function valueCases({ path, words }: Node): string[] {
  return words.flatMap(({ text, values }) => {
    if (!values) return [];
    const pattern = `"${path === '' ? '' : ` ${path}`} ${text}"`;
    if (values === 'files') return [`    ${pattern}) _files; return ;;`];
    if (values === 'anything') return [`    ${pattern}) return ;;`];
    return [`    ${pattern}) compadd -- ${values.join(' ')}; return ;;`];
  });
}

function wordCase({ path, words, takesFiles }: Node): string {
  const list = words.map(described).join(' ');
  return `    "${path === '' ? '' : ` ${path}`}") candidates=(${list})${takesFiles ? '; _files' : ''} ;;`;
}

function described({ text, description }: Word): string {
  const safe = description.replace(/['\n]/g, ' ').replaceAll(':', '\\:');
  return `'${text}${safe === '' ? '' : `:${safe}`}'`;
}
