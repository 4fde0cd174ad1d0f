/** A system call that strace saw. */
export interface Traced {
  readonly name: string;
  /** As strace prints them, with -y: file descriptors with their paths. */
  readonly args: string;
  /** Lines of the trace: of several threads, calls overlap. */
  readonly began: number;
  readonly ended: number;
}

/** Reads what `strace -f -o` wrote: calls that other threads interrupted are put together. */
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
