import { setTimeout as pause } from 'node:timers/promises';
import type { ClientSession } from 'mongodb';
import { type RequestContext, requestContext } from '../../src/kernel/http/request-context.js';
import { type Job, JobFailed, type JobHandler, type NewJob, type RunningJob } from '../../src/kernel/jobs/job.js';
import type { JobQueue } from '../../src/kernel/jobs/job-queue.js';

export interface JobNode {
  readonly queue: JobQueue;
  /** Begins to run what it has handlers for. */
  start(): Promise<void>;
  stop(): Promise<void>;
  transact<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result>;
  /** Writes a row in the transaction, under an id that may be there once. */
  write(session: ClientSession, id: string): Promise<void>;
  /** Goes without a word, as a killed process does. */
  vanish(): Promise<void>;
}
export interface JobBench {
  node(settings?: { readonly everyMs?: number; readonly leaseMs?: number }): Promise<JobNode>;
  written(): Promise<readonly string[]>;
}

/** What `JobQueue` promises, over any queue: `open` gives nodes that work on one set of jobs. */
export function jobQueueContract(name: string, open: () => JobBench): void {
  describe(name, () => {
    let bench: JobBench;
    let nodes: JobNode[];
    let kinds = 0;
    let kind: string;

    beforeEach(() => {
      bench = open();
      nodes = [];
      kind = `kind${++kinds}`;
    });
    afterEach(() => Promise.all(nodes.map((node) => node.stop())));

    const node = async (settings?: Parameters<JobBench['node']>[0]): Promise<JobNode> => {
      const made = await bench.node(settings);
      nodes.push(made);
      return made;
    };
    /** A node that runs the handler. */
    const worker = async (handler: Omit<JobHandler, 'kind'>, settings?: Parameters<JobBench['node']>[0]): Promise<JobNode> => {
      const made = await node(settings);
      made.queue.handle({ ...handler, kind });
      await made.start();
      return made;
    };
    const job = (fields: Partial<NewJob> = {}): NewJob => ({ kind, tenantId: 'ten_a', payload: {}, ...fields });
    const enqueue = (at: JobNode, ...jobs: NewJob[]) => at.transact((session) => at.queue.enqueue(session, jobs));
    const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
      for (const end = performance.now() + 10_000; !(await holds());) {
        if (performance.now() > end) throw new Error('It does not come true');
        await pause(5);
      }
    };
    const ended = async ({ queue }: JobNode, id: string): Promise<Job> => {
      await until(async () => ['done', 'dead'].includes((await queue.find(id))?.state ?? ''));
      return (await queue.find(id)) as Job;
    };

    describe('a job', () => {
      it('runs once with its payload, and is done', async () => {
        const runs: RunningJob[] = [];
        const one = await worker({ run: async (running) => void runs.push(running) });
        const [id = ''] = await enqueue(one, job({ payload: { order: 7 } }));
        expect(await ended(one, id)).toMatchObject({ kind, tenantId: 'ten_a', state: 'done', attempts: 1, payload: { order: 7 } });
        await pause(100);
        expect(runs).toMatchObject([{ id, tenantId: 'ten_a', payload: { order: 7 }, attempt: 1 }]);
      });

      it('knows nothing of the request that enqueued it, whose key is not its own', async () => {
        const contexts: unknown[] = [];
        const one = await worker({ run: async () => void contexts.push(requestContext.current()) });
        const key = { id: 'k', requestHash: 'h' } as RequestContext['key'];
        const [id = ''] = await requestContext.run({ traceId: 'of the request', ...(key && { key }) }, () => enqueue(one, job()));
        await ended(one, id);
        expect(contexts).toEqual([{ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
      });

      it('is there when its transaction commits, and only then', async () => {
        const runs: unknown[] = [];
        const one = await worker({ run: async ({ payload }) => void runs.push(payload.n) });
        const failed = one.transact(async (session) => {
          await one.queue.enqueue(session, [job({ payload: { n: 1 } })]);
          await pause(60);
          throw new Error('rolled back');
        });
        await expect(failed).rejects.toThrow('rolled back');
        const [id = ''] = await enqueue(one, job({ payload: { n: 2 } }));
        await ended(one, id);
        expect(runs).toEqual([2]);
      });

      it('does not run before its time', async () => {
        let ranAt = 0;
        const one = await worker({ run: async () => void (ranAt = Date.now()) });
        const runAt = new Date(Date.now() + 300);
        const [id = ''] = await enqueue(one, job({ runAt }));
        await ended(one, id);
        expect(ranAt).toBeGreaterThanOrEqual(runAt.getTime());
        expect(ranAt - runAt.getTime()).toBeLessThan(250);
      });

      it('with the key of another one of its kind is that one', async () => {
        let runs = 0;
        const one = await worker({ run: async () => void runs++ });
        const [first, second] = await enqueue(one, job({ dedupeKey: 'k' }), job({ dedupeKey: 'k' }));
        const atOnce = await Promise.all(Array.from({ length: 10 }, () => enqueue(one, job({ dedupeKey: 'k' }))));
        expect(new Set([second, ...atOnce.flat()])).toEqual(new Set([first]));
        await ended(one, first as string);
        expect(await enqueue(one, job({ dedupeKey: 'k' }))).toEqual([first]);
        await pause(100);
        expect(runs).toBe(1);
        expect(await enqueue(one, job({ kind: `${kind}b`, dedupeKey: 'k' }))).not.toEqual([first]);
      });

      it('that is forgotten is gone with all it said, and does not run', async () => {
        const run = jest.fn(() => Promise.resolve());
        const at = await node();
        const later = new Date(Date.now() + 300);
        const [kept, forgotten] = await enqueue(at, job({ dedupeKey: 'a', runAt: later }), job({ dedupeKey: 'b', runAt: later }));
        await at.transact((session) => at.queue.forget(session, kind, ['b', 'c']));
        await worker({ run });
        await ended(at, kept as string);
        expect([run.mock.calls.length, await at.queue.find(forgotten as string)]).toEqual([1, null]);
      });

      it('that other nodes enqueue is run at once, without looking', async () => {
        const one = await worker({ run: async () => {} }, { everyMs: 60_000 });
        const other = await node();
        await pause(300);
        const since = performance.now();
        const [id = ''] = await enqueue(other, job());
        await ended(one, id);
        expect(performance.now() - since).toBeLessThan(3_000);
      });

      it('that was enqueued while nobody ran its kind is found', async () => {
        const [id = ''] = await enqueue(await node(), job());
        expect((await ended(await worker({ run: async () => {} }), id)).state).toBe('done');
      });

      it('of two hundred runs once each over two nodes', async () => {
        const runs: string[] = [];
        const run: JobHandler['run'] = async ({ id }) => void runs.push(id);
        const [one] = [await worker({ run }), await worker({ run })];
        const ids = await enqueue(one, ...Array.from({ length: 200 }, () => job()));
        for (const id of ids) await ended(one, id);
        expect([...runs].sort()).toEqual([...ids].sort());
      });
    });

    describe('a failure', () => {
      it('is tried again, later each time, until it succeeds', async () => {
        const at: number[] = [];
        const run: JobHandler['run'] = async ({ attempt }) => {
          at.push(performance.now());
          expect(attempt).toBe(at.length);
          if (at.length < 4) throw new Error(`no ${at.length}`);
        };
        const one = await worker({ run, backoffMs: 40 });
        const [id = ''] = await enqueue(one, job());
        expect(await ended(one, id)).toMatchObject({ state: 'done', attempts: 4 });
        const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
        for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(40 * 2 ** index - 2);
      });

      it('that goes on is dead after its tries, says why, and lives again when a person wants it', async () => {
        let [runs, works] = [0, false];
        const run: JobHandler['run'] = async () => {
          runs++;
          if (!works) throw new Error(`no ${runs}`);
        };
        const one = await worker({ run, maxAttempts: 3, backoffMs: 1 });
        const [id = ''] = await enqueue(one, job({ dedupeKey: 'dead' }));
        expect(await ended(one, id)).toMatchObject({ state: 'dead', attempts: 3, lastError: 'no 3', endedAt: expect.any(Date) });
        expect(await one.queue.list({ state: 'dead', kind }, 10)).toMatchObject([{ _id: id }]);
        works = true;
        expect(await one.transact((session) => one.queue.revive(session, id, 'ten_b'))).toBeNull();
        expect(await one.transact((session) => one.queue.revive(session, id, 'ten_a'))).toMatchObject({ state: 'waiting', attempts: 0 });
        expect(await ended(one, id)).toMatchObject({ state: 'done', attempts: 1 });
        expect(await one.transact((session) => one.queue.revive(session, id))).toBeNull();
        expect(runs).toBe(4);
      });

      it('that no try would mend is dead at once', async () => {
        const run: JobHandler['run'] = () => Promise.reject(new JobFailed('There is no such order'));
        const one = await worker({ run });
        const [id = ''] = await enqueue(one, job());
        expect(await ended(one, id)).toMatchObject({ state: 'dead', attempts: 1, lastError: 'There is no such order' });
      });

      it('of one kind holds up no other', async () => {
        let release = () => {};
        const held = new Promise<void>((resolve) => (release = resolve));
        const stuck = await worker({ run: () => held, concurrency: 2 });
        await enqueue(stuck, ...Array.from({ length: 4 }, () => job()));
        kind = `${kind}b`;
        stuck.queue.handle({ kind, run: async () => {} });
        const [id = ''] = await enqueue(stuck, job());
        await ended(stuck, id);
        release();
      });
    });

    it('runs as many of a kind at once as it may, and no more', async () => {
      const seen = { running: 0, most: 0 };
      const run: JobHandler['run'] = async () => {
        seen.most = Math.max(seen.most, ++seen.running);
        // Held until there are three, so that a slow machine is as good as a fast one.
        while (seen.most < 3) await pause(5);
        await pause(20);
        seen.running--;
      };
      const one = await worker({ run, concurrency: 3 });
      const ids = await enqueue(one, ...Array.from({ length: 20 }, () => job()));
      for (const id of ids) await ended(one, id);
      expect(seen.most).toBe(3);
    });

    it('runs again at the time that the handler asks for, with all its tries', async () => {
      const attempts: number[] = [];
      const run: JobHandler['run'] = async ({ attempt }) => {
        attempts.push(attempt);
        return attempts.length < 3 ? new Date(Date.now() + 30) : undefined;
      };
      const one = await worker({ run, maxAttempts: 2 });
      const [id = ''] = await enqueue(one, job());
      expect((await ended(one, id)).state).toBe('done');
      expect(attempts).toEqual([1, 1, 1]);
    });

    describe('the end of a job in the transaction of its effect', () => {
      /** Writes a row and ends the job, and may go on after that. */
      const effects = (wait = Promise.resolve(), afterwards: () => void = () => {}) => {
        const at: { node?: JobNode } = {};
        const run = async (running: RunningJob): Promise<void> => {
          await at.node?.transact(async (session) => {
            await wait;
            await at.node?.write(session, running.id);
            await running.complete(session);
          });
          afterwards();
        };
        const on = async (settings?: Parameters<JobBench['node']>[0]) => (at.node = await worker({ run, backoffMs: 1 }, settings));
        return { on };
      };
      const times = async (id: string) => (await bench.written()).filter((written) => written === id).length;

      it('comes with the effect, whatever happens then', async () => {
        const broken = () => {
          throw new Error('too late to matter');
        };
        const one = await effects(undefined, broken).on();
        const [id = ''] = await enqueue(one, job());
        expect((await ended(one, id)).state).toBe('done');
        await pause(100);
        expect(await times(id)).toBe(1);
      });

      it('happens once, though the node that was given up goes on', async () => {
        let release = (): void => {};
        const held = new Promise<void>((resolve) => (release = resolve));
        const slow = await effects(held).on({ leaseMs: 200 });
        const [id = ''] = await enqueue(slow, job());
        await until(async () => (await slow.queue.find(id))?.state === 'running');
        nodes = nodes.filter((one) => one !== slow);
        await slow.vanish();
        const quick = await effects().on({ leaseMs: 200 });
        expect(await ended(quick, id)).toMatchObject({ state: 'done', attempts: 2 });
        release();
        await pause(200);
        expect(await times(id)).toBe(1);
      });
    });

    it('longer than its lease stays with the node that works on it', async () => {
      let runs = 0;
      const run: JobHandler['run'] = async () => {
        runs++;
        await pause(900);
      };
      const [one] = [await worker({ run }, { leaseMs: 300 }), await worker({ run }, { leaseMs: 300 })];
      const [id = ''] = await enqueue(one, job());
      expect(await ended(one, id)).toMatchObject({ state: 'done', attempts: 1 });
      expect(runs).toBe(1);
    });

    it('that takes its worker with it again and again is dead in the end', async () => {
      const [id = ''] = await enqueue(await node(), job());
      for (let attempt = 1; attempt <= 2; attempt++) {
        const victim = await worker({ run: () => new Promise(() => {}), maxAttempts: 2 }, { leaseMs: 150 });
        await until(async () => (await victim.queue.find(id))?.attempts === attempt);
        nodes.pop();
        await victim.vanish();
      }
      const survivor = await worker({ run: async () => {}, maxAttempts: 2 }, { leaseMs: 150 });
      expect(await ended(survivor, id)).toMatchObject({ state: 'dead', lastError: 'The worker was lost' });
    });

    it('stops when what it works on is finished', async () => {
      let isFinished = false;
      let finish = () => {};
      const told = new Promise<void>((resolve) => (finish = resolve));
      const run: JobHandler['run'] = async () => {
        await told;
        isFinished = true;
      };
      const [one, other] = [await worker({ run }), await node()];
      const [id = ''] = await enqueue(one, job());
      await until(async () => (await one.queue.find(id))?.state === 'running');
      const stopped = one.stop();
      const [next = ''] = await enqueue(other, job());
      await pause(100);
      finish();
      await stopped;
      nodes = [other];
      expect([isFinished, (await other.queue.find(id))?.state, (await other.queue.find(next))?.state]).toEqual([true, 'done', 'waiting']);
    });

    it('repeats on one node of all at a time, also after a failure', async () => {
      let [running, most, runs] = [0, 0, 0];
      const run: JobHandler['run'] = async () => {
        most = Math.max(most, ++running);
        await pause(10);
        running--;
        if (++runs % 2 === 0) throw new Error('now and then');
      };
      const both = [await node(), await node()];
      for (const { queue } of both) queue.repeat({ kind, run, backoffMs: 5 }, 30);
      await Promise.all(both.map((one) => one.start()));
      await until(() => runs >= 8);
      expect(most).toBe(1);
      expect(await both[0]?.queue.list({ kind }, 10)).toHaveLength(1);
    });

    it('lists the newest first, page by page, of a tenant, a state and a kind', async () => {
      const one = await node();
      const [first, second, third] = await enqueue(one, job(), job({ tenantId: 'ten_b' }), job());
      const ids = async (...asked: Parameters<JobQueue['list']>) => (await one.queue.list(...asked)).map(({ _id }) => _id);
      expect(await ids({ kind }, 10)).toEqual([third, second, first]);
      expect(await ids({ kind }, 2)).toEqual([third, second]);
      expect(await ids({ kind }, 2, second)).toEqual([first]);
      expect(await ids({ kind, tenantId: 'ten_a' }, 10)).toEqual([third, first]);
      expect(await ids({ kind, state: 'done' }, 10)).toEqual([]);
      expect(await one.queue.find(first as string, 'ten_b')).toBeNull();
      expect(await one.queue.find(first as string, 'ten_a')).toMatchObject({ _id: first, state: 'waiting' });
    });

    it('has one handler for a kind', async () => {
      const { queue } = await node();
      queue.handle({ kind, run: async () => {} });
      expect(() => queue.handle({ kind, run: async () => {} })).toThrow('have a handler already');
    });
  });
}
