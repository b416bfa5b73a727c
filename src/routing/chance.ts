/** Chance that is the same every time for the same text: what is drawn for a payment can be drawn again, and explained. */

/** FNV-1a with the last mixing of MurmurHash3, so that ids that differ in one digit lie far apart. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Between 0 and 1, and never either of them. */
export const share = (text: string): number => (hash32(text) + 0.5) / 2 ** 32;

/** A number between 0 and 1 with each call (mulberry32). */
export type Draw = () => number;
export function drawsOf(text: string): Draw {
  let state = hash32(text);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** One draw from Beta(`wins`, `losses`); both are positive. */
export function drawBeta(wins: number, losses: number, draw: Draw): number {
  const [won, lost] = [drawGamma(wins, draw), drawGamma(losses, draw)];
  return won / (won + lost);
}

/** Marsaglia and Tsang (2000); below 1 by their reduction to one more. */
function drawGamma(shape: number, draw: Draw): number {
  if (shape < 1) return drawGamma(shape + 1, draw) * draw() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(draw);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(draw()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

const drawNormal = (draw: Draw): number => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
