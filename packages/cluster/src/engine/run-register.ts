/** Which run of Redis all nodes use. It is kept where a write is not lost: in PostgreSQL. */
export interface RunRegister {
  /**
   * Makes a run the one that all nodes use.
   *
   * @returns a number that is higher than that of any other run; the same as before if the run was the one in use
   */
  register(run: string): Promise<number>;
  /** Whether no other run was registered since. It may not read a copy that lags behind. */
  isNewest(number: number): Promise<boolean>;
}
