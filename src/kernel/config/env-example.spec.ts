import { readFileSync } from 'node:fs';
import { envExample } from './env-example.js';

describe('.env.example', () => {
  it('is what the schema generates', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
  });

  it('says what a variable is for, what it takes and what it is by default', () => {
    expect(envExample()).toContain(
      '\n\n# Port to listen on; 0 takes a free one.\n# Allowed: a whole number from 0 to 65535.\n#PORT=3000\n\n',
    );
  });

  it('says where production differs', () => {
    expect(envExample()).toContain('# Default in production: 0.0.0.0.\n#HOST=127.0.0.1\n');
    expect(envExample()).toContain('# Required in production.\n#APP_SECRET=\n');
  });

  it('sets nothing when it is copied as it is', () => {
    expect(envExample().split('\n')).toEqual(expect.not.arrayContaining([expect.stringMatching(/^[^#]/)]));
  });
});
