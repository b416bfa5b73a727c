/** A generator whose seed a failing run prints, so that it can be run again (a linear congruential one: Numerical Recipes). */
export function randomOf(seed: number): { below(bound: number): number; pick<Item>(items: readonly Item[]): Item } {
  let state = seed >>> 0;
  const below = (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
  return { below, pick: (items) => items[below(items.length)] as never };
}

/** What the soak run enlarges; a plain test run is small. */
export const scale = (small: number, large: number): number => (process.env.SOAK === '1' ? large : small);

/** Another one in each run, unless a failed one is to be run again. */
export const newSeed = (): number => Number(process.env.SEED ?? Date.now() % 1_000_000);
