import { setTimeout as pause } from 'node:timers/promises';

const patienceMs = 90_000;
const everyMs = 10;

/** What `look` finds as soon as it finds something: for what happens by itself, soon. */
export async function eventually<Found>(
  look: () => Promise<Found | false | undefined | null> | Found | false | undefined | null,
): Promise<Found> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined && found !== null) return found;
    if (Date.now() > until) throw new Error(`It did not happen within ${patienceMs} ms: ${look.toString()}`);
    await pause(everyMs);
  }
}
