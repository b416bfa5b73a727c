import type { Draw } from '../../routing/chance.js';
import { flowFailpoints } from './failpoints.js';
import type { ServerNode } from './server-node.js';

const mostPasses = 3;
const longestMs = 4;

/** Kills servers at every failpoint in turn, and starts them again. */
export class Killer {
  /** How often a server was killed there. */
  readonly kills: Record<string, number> = Object.fromEntries(flowFailpoints.map((name) => [name, 0]));
  private readonly planned: number;
  private readonly plan: string[];
  private readonly armed = new Set<ServerNode>();
  private isOver = false;

  constructor(
    private readonly nodes: readonly ServerNode[],
    rounds: number,
    private readonly draw: Draw,
  ) {
    this.plan = Array.from({ length: rounds }, () => [...flowFailpoints]).flat();
    this.planned = this.plan.length;
  }

  /** Of all payments, the share that may be under way by now: while a server starts, the others are kept for the kills to come. */
  get share(): number {
    if (this.nodes.every(({ isUp }) => isUp)) return 1;
    return 1 - (this.plan.length + this.armed.size) / (this.planned + 1);
  }

  /** All servers, each with the first of its failpoints ahead. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.next(node)));
  }

  /** Until no kill is left; then all servers are up. @throws Error where one ends by itself */
  async run(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.haunt(node)));
  }

  /** Nobody passes any more where servers wait to be killed. */
  async stop(): Promise<void> {
    this.isOver = true;
    this.plan.length = 0;
    for (const node of this.armed) await node.kill();
  }

  private async haunt(node: ServerNode): Promise<void> {
    while (this.armed.has(node)) {
      const at = await node.killedAt();
      if (at === undefined && !this.isOver) throw new Error(`A server has ended by itself:\n${node.output}`);
      if (at !== undefined) this.kills[at] = (this.kills[at] ?? 0) + 1;
      await this.next(node);
    }
  }

  private async next(node: ServerNode): Promise<void> {
    const name = this.plan.shift();
    if (name === undefined) this.armed.delete(node);
    else this.armed.add(node);
    const upTo = (most: number) => Math.floor(this.draw() * most);
    await node.start(name && `${name}=kill:${upTo(longestMs)}@${1 + upTo(mostPasses)}`);
  }
}
