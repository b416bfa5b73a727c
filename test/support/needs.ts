/** Runs what needs something of the machine; where it is missing it says so, and in CI, which must have it, it fails. */
export function whereThereIs<Runner extends { skip: unknown }>(present: boolean, what: string, runner: Runner): Runner {
  if (present || process.env.CI === 'true') return runner;
  process.stdout.write(`NOT RUN, because there is no ${what}\n`);
  return runner.skip as Runner;
}
