/** A system call that strace recorded. */
export interface Traced {
  readonly name: string;
  /** The arguments as strace prints them with -y: file descriptors with their paths. */
  readonly args: string;
  /** The lines of the trace. Calls of several threads overlap. */
  readonly began: number;
  readonly ended: number;
}

/** Reads the output of `strace -f -o` and joins calls that other threads interrupted. */
export function readTrace(text: string): Traced[] {
  const calls: Traced[] = [];
  const open = new Map<string, Omit<Traced, 'ended'>>();
  for (const [line, content] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(content) ?? [];
    const [, begun, name = '', args = ''] =
      /^((\w+)\((.*?))(?: <unfinished \.\.\.>|\) += .*)$/.exec(rest) ?? [];
    if (begun !== undefined) {
      const call = { name, args, began: line };
      if (rest.endsWith('<unfinished ...>')) open.set(thread, call);
      else calls.push({ ...call, ended: line });
      continue;
    }
    const interrupted = open.get(thread);
    if (!interrupted || !rest.startsWith('<... ')) continue;
    open.delete(thread);
    calls.push({ ...interrupted, ended: line });
  }
  return calls;
}
