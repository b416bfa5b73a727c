import { AssertionError } from 'node:assert/strict';
import type { Bench } from '../../test/support/providers/bench.js';
import { brokenSamples } from '../../test/support/providers/broken-samples.js';
import { checks, describeProvider } from '../../test/support/providers/conformance.js';
import { sampleBench } from '../../test/support/providers/sample-bench.js';
import { sample } from '../../test/support/providers/sample.connector.js';

describeProvider('The sample', () => sampleBench(sample));

describe('the kit', () => {
  it('has names by which its checks are told apart', () => {
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  });

  const cases = brokenSamples.flatMap(({ name, foundBy, connect }) => foundBy.map((check) => ({ name, check, connect })));

  it.each(cases)('finds a connector that $name, for it fails: $check', async ({ check, connect }) => {
    const { run } = checks.find(({ name }) => name === check) ?? fail(check);
    const bench: Bench = await sampleBench({ ...sample, connect });
    try {
      await expect(run(bench)).rejects.toBeInstanceOf(AssertionError);
    } finally {
      await bench.close();
    }
  });
});

function fail(check: string): never {
  throw new Error(`There is no check ${check}`);
}
