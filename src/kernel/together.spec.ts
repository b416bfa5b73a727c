import { Together } from './together.js';

const asked: (readonly string[])[] = [];
let fails = false;
const together = new Together(async (ids) => {
  asked.push(ids);
  if (fails) throw new Error('The database is away');
  return new Map(ids.filter((id) => id !== 'nobody').map((id) => [id, `found ${id}`]));
});

beforeEach(() => {
  asked.length = 0;
  fails = false;
});

it('asks once for all that is wanted at the same moment, and for each thing once', async () => {
  const found = await Promise.all(['a', 'b', 'a', 'nobody'].map((id) => together.find(id)));
  expect(found).toEqual(['found a', 'found b', 'found a', undefined]);
  expect(asked).toEqual([['a', 'b', 'nobody']]);
});

it('remembers nothing', async () => {
  await together.find('a');
  await together.find('a');
  expect(asked).toEqual([['a'], ['a']]);
});

it('fails whoever asked, and nobody after them', async () => {
  fails = true;
  const failed = await Promise.allSettled([together.find('a'), together.find('b')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await together.find('a')).toBe('found a');
});
