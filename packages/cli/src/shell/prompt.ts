import { createInterface } from 'node:readline';

/** The lines that a person types, or that a pipe gives. */
export interface Prompt {
  /** @returns the next line; undefined if the input has ended */
  next(): Promise<string | undefined>;
  /** Stops reading. An open reader on a terminal keeps the process running after the command has ended. */
  end(): void;
}

export function openPrompt(input: NodeJS.ReadStream = process.stdin): Prompt {
  const reader = createInterface({ input });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    // The iterator's own return() only stops listening, and the terminal stays open.
    end: () => reader.close(),
  };
}
