import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from './fault/fault.js';
import { GroupCommit, LaneFull, type Settled } from './group-commit.js';

interface Batch {
  readonly key: string;
  readonly commands: readonly string[];
  finish(): void;
  fail(error: Error): void;
}
const upper = (command: string): Settled<string> => ({ ok: true, value: command.toUpperCase() });
const turn = () => new Promise((resolve) => void setImmediate(resolve));

let begun: Batch[];
let lanes: GroupCommit<string, string>;

beforeEach(() => {
  begun = [];
  lanes = new GroupCommit(
    (key, commands) =>
      new Promise((resolve, reject) => void begun.push({ key, commands, finish: () => resolve(commands.map(upper)), fail: reject })),
    { batch: 3, queue: 4, gatherMs: 0 },
  );
});

const commands = () => begun.map((batch) => batch.commands);

/** Finishes batch after batch until so many were finished. */
async function finish(count: number): Promise<void> {
  for (let next = 0; next < count; next++) {
    while (!begun[next]) await pause(1);
    begun[next]?.finish();
  }
}

describe('batching', () => {
  it('puts what is submitted at once into one commit, and answers each in order', async () => {
    const answers = Promise.all([lanes.submit('a', 'one'), lanes.submit('a', 'two'), lanes.submit('a', 'three')]);
    await finish(1);
    expect(await answers).toEqual(['ONE', 'TWO', 'THREE']);
    expect(commands()).toEqual([['one', 'two', 'three']]);
  });

  it('gathers what comes while a commit runs, and begins no second one meanwhile', async () => {
    const first = lanes.submit('a', 'one');
    await turn();
    const rest = [lanes.submit('a', 'two'), lanes.submit('a', 'three')];
    await turn();
    expect(commands()).toEqual([['one']]);
    await finish(2);
    expect(await Promise.all([first, ...rest])).toEqual(['ONE', 'TWO', 'THREE']);
    expect(commands()).toEqual([['one'], ['two', 'three']]);
  });

  it('begins at once when idle, also after it has been busy', async () => {
    for (const [index, command] of ['one', 'two'].entries()) {
      const answer = lanes.submit('a', command);
      await finish(index + 1);
      expect(await answer).toBe(command.toUpperCase());
    }
    expect(commands()).toEqual([['one'], ['two']]);
  });

  it('cuts a batch at its bound and keeps the order', async () => {
    const answers = Promise.all(['1', '2', '3', '4'].map((command) => lanes.submit('a', command)));
    await finish(2);
    await answers;
    expect(commands()).toEqual([['1', '2', '3'], ['4']]);
  });

  it('commits the keys side by side', async () => {
    const slow = lanes.submit('a', 'one');
    const quick = lanes.submit('b', 'two');
    await turn();
    expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
    begun[1]?.finish();
    expect(await quick).toBe('TWO');
    begun[0]?.finish();
    expect(await slow).toBe('ONE');
  });
});

describe('gathering', () => {
  let sizes: number[];

  beforeEach(() => {
    sizes = [];
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => jest.useRealTimers());

  const passed = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
  /** On a process that has nothing else to do, unless another clock of its idleness is given. */
  const gathering = (gatherMs: number, idleMs = () => performance.now()) =>
    new GroupCommit<string, string>(
      async (_key, batch) => {
        sizes.push(batch.length);
        await passed(40);
        return batch.map(upper);
      },
      { batch: 4, queue: 9, gatherMs },
      idleMs,
    );

  /** Asks again as soon as it is answered, or a moment later. */
  async function caller(on: GroupCommit<string, string>, times: number, delayMs = 2): Promise<void> {
    for (let done = 0; done < times; done++) {
      await on.submit('a', 'ask');
      await passed(delayMs);
    }
  }

  it('brings callers that came in two halves into one commit', async () => {
    const lane = gathering(1_000);
    const early = [caller(lane, 4), caller(lane, 4)];
    await jest.advanceTimersByTimeAsync(10);
    const late = [caller(lane, 4), caller(lane, 4)];
    await jest.runAllTimersAsync();
    await Promise.all([...early, ...late]);
    expect(sizes.slice(0, 4)).toEqual([2, 4, 4, 4]);
  });

  it('waits for nobody longer than its bound', async () => {
    const lane = gathering(1);
    const early = caller(lane, 3, 30);
    await jest.advanceTimersByTimeAsync(10);
    const late = caller(lane, 3, 30);
    await jest.runAllTimersAsync();
    await Promise.all([early, late]);
    expect(sizes).toEqual([1, 1, 1, 1, 1, 1]);
  });

  /** When a third caller is answered who comes a moment after two others were, and nobody else comes. */
  async function thirdAnswered(lane: GroupCommit<string, string>): Promise<number> {
    const begun = performance.now();
    const both = [lane.submit('a', 'one'), lane.submit('a', 'two')];
    await jest.advanceTimersByTimeAsync(41);
    const late = lane.submit('a', 'late');
    await jest.runAllTimersAsync();
    expect(await Promise.all([...both, late])).toEqual(['ONE', 'TWO', 'LATE']);
    return performance.now() - begun;
  }

  it.each([
    // Two commits of 40 ms, and three fifths of one in between.
    ['a part of what a commit takes, where nothing else is to be done', () => performance.now(), 40 + 24 + 40],
    ['as long again where the process is busy half of the time', () => performance.now() / 2, 40 + 48 + 40],
    ['four times that where it is never idle', () => 0, 40 + 96 + 40],
  ])('waits for nobody longer than %s', async (_name, idleMs, took) => {
    expect(await thirdAnswered(gathering(1_000, idleMs))).toBe(took);
  });
});

describe('the bound of a lane', () => {
  it('refuses what does not fit, and nothing else', async () => {
    const running = lanes.submit('a', 'running');
    await turn();
    const waiting = ['1', '2', '3', '4'].map((command) => lanes.submit('a', command));
    await expect(lanes.submit('a', '5')).rejects.toBeInstanceOf(LaneFull);
    const other = lanes.submit('b', 'other');
    await finish(4);
    expect(await Promise.all([running, ...waiting, other])).toEqual(['RUNNING', '1', '2', '3', '4', 'OTHER']);
    expect(commands().flat()).not.toContain('5');
  });

  it('is told as a 503 that applied nothing and says when to come back', () => {
    const full = new LaneFull();
    expect(full).toBeInstanceOf(Unavailable);
    expect(full).toMatchObject({ kind: 'unavailable', outcome: 'none', retryAfterSeconds: 1 });
  });

  it('takes commands again once a batch is under way', async () => {
    const waiting = ['1', '2', '3', '4'].map((command) => lanes.submit('a', command));
    await expect(lanes.submit('a', 'too early')).rejects.toBeInstanceOf(LaneFull);
    await turn();
    const later = lanes.submit('a', '5');
    await finish(2);
    expect(await Promise.all([...waiting, later])).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('a failing batch', () => {
  it('fails every command in it and none after it', async () => {
    const failing = Promise.allSettled([lanes.submit('a', 'one'), lanes.submit('a', 'two')]);
    await turn();
    const next = lanes.submit('a', 'three');
    const broken = new Error('the database is gone');
    begun[0]?.fail(broken);
    expect(await failing).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'rejected', reason: broken },
    ]);
    await finish(2);
    expect(await next).toBe('THREE');
  });

  it('fails too when the commit throws before it has begun', async () => {
    const broken = new GroupCommit<string, string>(
      () => {
        throw new Error('no connection');
      },
      { batch: 1, queue: 1, gatherMs: 0 },
    );
    await expect(broken.submit('a', 'one')).rejects.toThrow('no connection');
    await expect(broken.submit('a', 'two')).rejects.toThrow('no connection');
  });

  it('may fail for one command alone', async () => {
    const refused = new Error('Insufficient credits');
    const mixed = new GroupCommit<string, string>(
      (_key, batch) => Promise.resolve(batch.map((command) => (command === 'bad' ? { ok: false, error: refused } : upper(command)))),
      { batch: 3, queue: 3, gatherMs: 0 },
    );
    expect(await Promise.allSettled([mixed.submit('a', 'good'), mixed.submit('a', 'bad'), mixed.submit('a', 'fine')])).toEqual([
      { status: 'fulfilled', value: 'GOOD' },
      { status: 'rejected', reason: refused },
      { status: 'fulfilled', value: 'FINE' },
    ]);
  });

  it('leaves no command without an answer', async () => {
    const short = new GroupCommit<string, string>((_key, [first = '']) => Promise.resolve([upper(first)]), {
      batch: 2,
      queue: 2,
      gatherMs: 0,
    });
    const [answered, forgotten] = [short.submit('a', 'one'), short.submit('a', 'two')];
    await expect(forgotten).rejects.toThrow('A batch left a command without an answer');
    expect(await answered).toBe('ONE');
  });
});
