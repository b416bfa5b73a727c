import { AssertionError } from 'node:assert/strict';
import { brokenSamples } from '../../test/support/providers/broken-samples.js';
import { checks, describeProvider } from '../../test/support/providers/conformance.js';
import { sampleBench } from '../../test/support/providers/sample-bench.js';
import { sample } from '../../test/support/providers/sample.connector.js';

describeProvider('The sample', () => sampleBench(sample));

describe('the kit', () => {
  it('has names by which its checks are told apart', () => {
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  });

  const cases = brokenSamples.flatMap((broken) =>
    Object.entries(broken.foundBy).map(([check, words]) => ({ name: broken.name, check, words, broken })),
  );

  it.each(cases)('finds a connector that $name, for it fails: $check', async ({ check, words, broken }) => {
    const failing = checks.find(({ name }) => name === check);
    const bench = await sampleBench(broken);
    try {
      const failure: unknown = await failing?.run(bench).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AssertionError);
      expect((failure as AssertionError).message).toContain(words);
    } finally {
      await bench.close();
    }
  });
});
