import { Engine, type EngineOptions } from './engine.js';
import { Exchange } from './exchange.js';
import type { ProviderName } from './settings.js';
import type { Simulator } from './simulator.js';

/** A simulated provider at work. */
export interface Provider {
  readonly name: ProviderName;
  readonly engine: Engine;
  readonly simulator: Simulator;
  readonly exchange: Exchange;
  /** Goes on with what it had left to do. */
  start(): void;
  /** Forgets everything but what it is. */
  reset(): void;
  close(): void;
}

export function openProvider(name: ProviderName, simulate: (engine: Engine) => Simulator, options: EngineOptions): Provider {
  const engine = new Engine(name, options);
  const simulator = simulate(engine);
  const start = () => {
    engine.courier.start((event, secret) => simulator.dress(event, secret));
    engine.deferrals.start((effect) => simulator.settle(effect));
  };
  const reset = () => {
    engine.reset();
    start();
  };
  const close = () => {
    engine.stop();
    engine.store.close();
  };
  return { name, engine, simulator, exchange: new Exchange(engine, simulator), reset, start, close };
}
