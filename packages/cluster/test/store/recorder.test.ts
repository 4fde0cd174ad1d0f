import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { sampleBytes, uploadOf } from '../../../server/test/contracts/samples.js';
import { openPostgres, type Postgres } from '../../dist/postgres/database.js';
import { createRecorder } from '../../dist/postgres/recorder.js';

const engines = await useEngines('postgres');

describe('uploads that arrive together', engines.needed, () => {
  const goesOn = new AbortController().signal;
  let postgres: Postgres;
  /** The statements that were sent. */
  let statements: string[];

  beforeEach(async () => {
    const { postgres: server } = await useEngines('postgres');
    postgres = await openPostgres({
      databaseUrl: server.url,
      databaseMaxConnections: 4,
      engineDeadlineMs: 10_000,
    });
    statements = [];
  });
  afterEach(() => postgres.close());

  function recorder(): ReturnType<typeof createRecorder> {
    return createRecorder({
      run(text, values) {
        statements.push(text);
        return postgres.run(text, values);
      },
    });
  }

  const named = (filename: string) => uploadOf(sampleBytes(100, filename), { filename });
  async function recorded(): Promise<string[]> {
    const { rows } = await postgres.run<{ filename: string }>(
      'select filename from upload join image using (sha256) order by filename',
    );
    return rows.map(({ filename }) => filename);
  }

  test('share statements', async () => {
    const record = recorder();
    const names = Array.from({ length: 100 }, (_, index) => `${100 + index}.png`);
    await Promise.all(names.map((name) => record(named(name), goesOn)));
    expect(await recorded()).toEqual(names);
    expect(statements).toHaveLength(4);
  });

  test('of the same image have one row of it, from whichever node', async () => {
    const [here, there] = [recorder(), recorder()];
    const images = Array.from({ length: 40 }, (_, index) => sampleBytes(100, index));
    const of = (from: readonly Buffer[], node: string) =>
      from.map((bytes) => uploadOf(bytes, { filename: node }));
    await Promise.all([
      ...of(images, 'here').map((upload) => here(upload, goesOn)),
      ...of(images.toReversed(), 'there').map((upload) => there(upload, goesOn)),
    ]);
    expect(await recorded()).toHaveLength(80);
    expect((await postgres.run('select 1 from image')).rows).toHaveLength(40);
  });

  test('fail each for itself', async () => {
    await postgres.run(`alter table upload add constraint refused check (filename <> 'refused.png')`);
    const record = recorder();
    const names = ['1.png', '2.png', 'refused.png', '3.png'];
    const outcomes = await Promise.allSettled(names.map((name) => record(named(name), goesOn)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { code: '23514' } });
    expect(await recorded()).toEqual(['1.png', '2.png', '3.png']);
  });

  test('are not recorded once nobody waits for them', async () => {
    const record = recorder();
    const gone = record(named('gone.png'), AbortSignal.abort(new Error('late')));
    await Promise.all([record(named('there.png'), goesOn), expect(gone).rejects.toThrow('late')]);
    expect(await recorded()).toEqual(['there.png']);
  });
});
