import { armFailpoints, failpoint, InjectedFailure } from './failpoints.js';

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0);
});
afterEach(() => {
  armFailpoints(undefined);
  jest.restoreAllMocks();
});

it('is nothing where none is armed', () => {
  expect(failpoint('a')).toBeUndefined();
  armFailpoints('b=throw');
  expect([failpoint('a'), said]).toEqual([undefined, []]);
});

it('happens the time it is told to, once, and says so', async () => {
  armFailpoints('a.b-c=throw@3,d=delay');
  expect([failpoint('a.b-c'), failpoint('a.b-c')]).toEqual([undefined, undefined]);
  await expect(failpoint('a.b-c')).rejects.toThrow(InjectedFailure);
  expect(failpoint('a.b-c')).toBeUndefined();
  await failpoint('d');
  expect(said).toEqual(['failpoint a.b-c: throw\n', 'failpoint d: delay\n']);
});

it('goes on after a delay, and never after a hang', async () => {
  armFailpoints('a=delay:30,b=hang');
  const since = performance.now();
  await failpoint('a');
  expect(performance.now() - since).toBeGreaterThan(25);
  const gone = failpoint('b')?.then(() => 'gone on');
  expect(await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 50, 'still there'))])).toBe('still there');
});

it('kills the process with what nothing can catch', async () => {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  armFailpoints('a=kill');
  void failpoint('a');
  await new Promise((resolve) => setImmediate(resolve));
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
});

it.each(['a', 'a=explode', 'a=kill@0', ''])('cannot be armed with %j', (text) => {
  expect(() => armFailpoints(text)).toThrow('is no failpoint');
});
