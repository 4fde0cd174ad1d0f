/** The way of an upload, in order. `answer` lasts until the answer is written out. */
export const STAGES = [
  'enter',
  'identify',
  'receive',
  'authenticate',
  'admit',
  'validate',
  'store',
  'answer',
] as const;

export type StageName = (typeof STAGES)[number];

/** When each stage of one request began: a reading of the clock a stage, whoever looks at them later. */
export interface Course {
  /** Begins a stage, and so ends the one before. */
  begin(stage: StageName): void;
  /** The stage that is under way refuses; what is left is to answer so. */
  refuse(): void;
  /** In the order in which they began. One may come twice: receive does, for meta and for what is left. */
  readonly stages: readonly StageName[];
  /** When each of them began: milliseconds of `performance.now()`. */
  readonly times: readonly number[];
  /** Which of them refused. */
  refusedIn: StageName | undefined;
  /** Bytes of the body that came. */
  received: number;
}

/** No accessor in it: one costs as much as all its readings of the clock. */
export function createCourse(): Course {
  const stages: StageName[] = [];
  const times: number[] = [];
  const course: Course = {
    begin(stage) {
      stages.push(stage);
      times.push(performance.now());
    },
    refuse() {
      course.refusedIn = stages.at(-1);
      course.begin('answer');
    },
    stages,
    times,
    refusedIn: undefined,
    received: 0,
  };
  return course;
}
